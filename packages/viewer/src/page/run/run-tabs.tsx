import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { RunView } from '../../model/run-view.ts';
import { Link } from '../parts/link.tsx';
import { type RunRoute, SECTIONS, type Section } from '../routes/route.ts';
import { formatShort } from '../words/numbers.ts';

const WORDS: Record<Section, string> = {
  summary: 'Summary',
  timeline: 'Timeline',
  iterations: 'Iterations',
  calls: 'Calls',
  tree: 'Tree',
  coverage: 'Coverage',
  answers: 'Refused answers',
  budget: 'Budget',
  tools: 'Tools',
  about: 'About',
};

/** The views of a run. The number keys lead to them in their order. */
export function RunTabs({ view, route }: { view: RunView; route: RunRoute }): JSX.Element {
  const current = sectionOf(route);
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    bar.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  const counts: Partial<Record<Section, number>> = {
    iterations: view.iterations.length,
    calls: view.calls.length,
    tree: view.nodes.length,
    answers: view.refusals.length,
    tools: view.tools.length,
  };
  return (
    <nav class="tabs" aria-label="Views of the run" ref={bar}>
      {SECTIONS.map((section) => (
        <Link
          key={section}
          to={{ page: 'run', run: route.run, section }}
          class={counts[section] === 0 ? 'is-empty' : ''}
          current={section === current}
        >
          {WORDS[section]}
          {counts[section] !== undefined && <span class="count">{formatShort(counts[section])}</span>}
        </Link>
      ))}
    </nav>
  );
}

function sectionOf(route: RunRoute): Section {
  if (route.page === 'run') return route.section;
  return route.page === 'call' ? 'calls' : route.page === 'iteration' ? 'iterations' : 'coverage';
}
