export { type FinishReasonCounts, noFinishReasons, plusFinishReasons } from './finish-reasons.ts';
export { isSubCall } from './sub-calls.ts';
export { NO_TOKENS, plusTokens, type Tokens } from './tokens.ts';
export { addUsd, toPicoUsd, toUsd } from './usd.ts';
