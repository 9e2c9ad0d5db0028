export { guardedSignal } from './guarded-signal.ts';
export { isInstance } from './is-instance.ts';
export { notify } from './notify.ts';
export { BlockedError, stoppable } from './stoppable.ts';
