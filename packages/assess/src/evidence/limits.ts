/** What bounds the collection of evidence. */
export interface Limits {
  maxFileChars: number;
  isExcluded: (name: string) => boolean;
  signal: AbortSignal | undefined;
}
