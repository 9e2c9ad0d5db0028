/**
 * How a reply ended, whatever the provider calls it: `stop`, by itself with text; `length`, cut at its bound; `refused`,
 * by the model or a filter; `empty`, without text; `broken`, off before its end; `unsupported`, asking for a tool or a
 * pause, which are not offered.
 */
export type RLMFinishReason = 'stop' | 'length' | 'refused' | 'empty' | 'broken' | 'unsupported';
