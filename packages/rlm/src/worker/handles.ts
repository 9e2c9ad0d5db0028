/** Lets go of Node's handles, or holds on to them again, each change once: Bun counts, and would want as many of one as of the other. */
export function refer(handles: readonly unknown[]): (keeps: boolean) => void {
  let isReferenced = true;
  return (keeps) => {
    if (keeps === isReferenced) return;
    isReferenced = keeps;
    for (const handle of handles) {
      if (isHandle(handle)) keeps ? handle.ref() : handle.unref();
    }
  };
}

interface Handle {
  ref(): void;
  unref(): void;
}

function isHandle(value: unknown): value is Handle {
  if (typeof value !== 'object' || value === null || !('ref' in value) || !('unref' in value)) return false;
  return typeof value.ref === 'function' && typeof value.unref === 'function';
}
