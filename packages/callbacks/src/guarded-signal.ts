import { notify } from './notify.ts';

type Call = (event: Event) => unknown;
type Listener = Call | { handleEvent: Call };
/** What the platform takes; its types differ by version of Node's. */
type Take = (type: string, listener: Call | null, options?: unknown) => void;

/**
 * A signal that aborts with another and can be handed to code of others: what their listeners throw is told to `onThrow`,
 * where it would end the process.
 */
export function guardedSignal(signal: AbortSignal, onThrow: (message: string) => void): AbortSignal {
  const guarded = AbortSignal.any([signal]);
  const add = guarded.addEventListener.bind(guarded) as Take;
  const remove = guarded.removeEventListener.bind(guarded) as Take;
  const wrapped = new WeakMap<object, Call>();
  const wrap = (listener: Listener | null): Call | null => {
    if (listener === null) return null;
    const known = wrapped.get(listener);
    if (known !== undefined) return known;
    const call = (event: Event) => {
      const run = () => (typeof listener === 'function' ? listener.call(guarded, event) : listener.handleEvent(event));
      notify(run, onThrow);
    };
    wrapped.set(listener, call);
    return call;
  };
  let onabort: Call | null = null;
  return Object.defineProperties(guarded, {
    addEventListener: {
      value: (type: string, listener: Listener | null, options?: unknown) => add(type, wrap(listener), options),
    },
    removeEventListener: {
      value: (type: string, listener: Listener | null, options?: unknown) => remove(type, wrap(listener), options),
    },
    onabort: {
      get: () => onabort,
      set: (handler: unknown) => {
        if (onabort !== null) guarded.removeEventListener('abort', onabort);
        onabort = typeof handler === 'function' ? (handler as Call) : null;
        if (onabort !== null) guarded.addEventListener('abort', onabort);
      },
    },
  });
}
