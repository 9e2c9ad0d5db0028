import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';

type Scheme = 'light' | 'dark';
const KEPT = 'rlm-view-scheme';

/** Light or dark: as the system has it, until somebody chooses. */
export function SchemeSwitch(): JSX.Element {
  const system = useMedia('(prefers-color-scheme: dark)') ? 'dark' : 'light';
  const [chosen, setChosen] = useState<Scheme | null>(keptScheme);
  // Before anything is painted: no page is light for a moment and dark then.
  useLayoutEffect(() => {
    if (chosen) document.documentElement.dataset.scheme = chosen;
    else delete document.documentElement.dataset.scheme;
  }, [chosen]);
  const other: Scheme = (chosen ?? system) === 'dark' ? 'light' : 'dark';
  const choose = () => {
    setChosen(other);
    keepScheme(other);
  };
  return (
    <button
      type="button"
      class="icon-button"
      onClick={choose}
      title={`Use ${other} colors`}
      aria-label={`Use ${other} colors`}
    >
      <Icon name={other === 'dark' ? 'moon' : 'sun'} />
    </button>
  );
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const onChange = () => setMatches(list.matches);
    list.addEventListener('change', onChange);
    return () => list.removeEventListener('change', onChange);
  }, [query]);
  return matches;
}

// A page that was opened from a file may have no storage: then the choice is kept for as long as it is open.
function keptScheme(): Scheme | null {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === 'light' || kept === 'dark' ? kept : null;
  } catch {
    return null;
  }
}

function keepScheme(scheme: Scheme): void {
  try {
    localStorage.setItem(KEPT, scheme);
  } catch {}
}
