/** The folder of the store, where none is named. */
export const DEFAULT_STORE = 'runs';

export interface ViewFlags {
  store?: string;
  port?: number;
  open: boolean;
  html?: string;
}
