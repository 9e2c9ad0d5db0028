import type { ExitCode } from '../exit/exit-codes.ts';

/** Does what a command is for, and keeps what it came to. What does it is loaded then: help, versions and completion need none of it. */
export type Act = (action: () => Promise<ExitCode>) => Promise<void>;
