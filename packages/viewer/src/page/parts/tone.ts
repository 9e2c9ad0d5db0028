/** What a color says, beside the words. */
export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'live' | 'dim';
