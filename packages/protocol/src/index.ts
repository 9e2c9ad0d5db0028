export * from './codes.ts';
export * from './control.ts';
export * from './events.ts';
export * from './framing.ts';
export * from './messages.ts';
export * from './requests.ts';
export * from './run-spec.ts';
export * from './version.ts';
