import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { tokensOf } from './python-tokens.ts';
import { Visible } from './visible.tsx';

/** Python, painted. */
export function Python({ code }: { code: string }): JSX.Element {
  const tokens = useMemo(() => tokensOf(code), [code]);
  return (
    <code>
      {tokens.map(({ kind, text }, place) =>
        kind === 'plain' ? (
          <Visible text={text} />
        ) : (
          <span key={place} class={`code-${kind}`}>
            <Visible text={text} />
          </span>
        ),
      )}
    </code>
  );
}
