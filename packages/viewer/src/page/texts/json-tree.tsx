import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { counted } from '../words/numbers.ts';
import { CutText } from './cut-text.tsx';
import { Visible } from './visible.tsx';

/** Entries that are in the document before somebody asks for more. */
const SHOWN = 100;

/** A JSON value as a tree that opens and closes. */
export function JsonTree(props: { value: unknown; name?: string; depth?: number }): JSX.Element {
  const { value, name, depth = 0 } = props;
  const [isOpen, setOpen] = useState(depth < 3);
  const [shown, setShown] = useState(SHOWN);
  const label = name !== undefined && (
    <span class="json-name">
      <Visible text={name} />:{' '}
    </span>
  );
  if (typeof value !== 'object' || value === null) {
    return (
      <div class="json-leaf">
        {label}
        <span class={`json-${value === null ? 'null' : typeof value}`}>
          <CutText text={typeof value === 'string' ? value : String(value)} />
        </span>
      </div>
    );
  }
  const entries = Object.entries(value);
  const count = counted(entries.length, Array.isArray(value) ? 'item' : 'field');
  if (entries.length === 0)
    return (
      <div class="json-leaf">
        {label}
        {Array.isArray(value) ? '[ ]' : '{ }'}
      </div>
    );
  return (
    <details class="json-node" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span class="muted">{count}</span>
      </summary>
      {isOpen && (
        <div class="json-entries">
          {entries.slice(0, shown).map(([key, entry]) => (
            <JsonTree key={key} name={key} value={entry} depth={depth + 1} />
          ))}
          {entries.length > shown && (
            <button type="button" onClick={() => setShown(shown + SHOWN)}>
              {counted(entries.length - shown, 'more', 'more')}
            </button>
          )}
        </div>
      )}
    </details>
  );
}
