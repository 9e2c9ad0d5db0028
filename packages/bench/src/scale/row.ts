/** A row of the table: one kind of work, as ours, as the official library, and as it would be if nothing cost anything. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly official?: string;
  readonly ideal?: string;
  readonly aim: string;
}

export const seconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} s`;
export const milliseconds = (value: number) => `${value.toFixed(0)} ms`;
export const megabytes = (value: number) => `${value.toFixed(0)} MB`;
