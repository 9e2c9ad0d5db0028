import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

/** Copies a text that is made, or read, when it is asked for. */
export function CopyButton(props: { text: () => string | Promise<string>; label: string; word?: string }): JSX.Element {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await props.text());
      setState('copied');
    } catch {
      setState('failed');
    }
    setTimeout(() => setState('idle'), 2000);
  };
  const said = state === 'idle' ? props.word : state === 'copied' ? 'Copied' : 'Could not copy';
  return (
    <button
      type="button"
      class="icon-button no-print"
      onClick={copy}
      title={props.label}
      aria-label={said ? undefined : props.label}
    >
      <Icon name={state === 'copied' ? 'answered' : state === 'failed' ? 'failed' : 'copy'} />
      {said && <span aria-live="polite">{said}</span>}
    </button>
  );
}
