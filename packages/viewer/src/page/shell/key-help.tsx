import type { JSX } from 'preact';
import { useCallback, useRef } from 'preact/hooks';
import type { Route } from '../routes/route.ts';
import { KEYS, useKeys } from './use-keys.ts';

/** The list of keys, and the button that shows it. */
export function KeyHelp({ route }: { route: Route }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = useCallback(() => dialog.current?.showModal(), []);
  useKeys(route, open);
  return (
    <>
      <button type="button" class="icon-button" onClick={open} aria-label="Keys" title="Keys (?)">
        ?
      </button>
      <dialog ref={dialog} class="key-help" aria-label="Keys" closedby="any">
        <h2>Keys</h2>
        <dl>
          {KEYS.map(([keys, does]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  );
}
