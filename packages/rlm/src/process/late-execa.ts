import type * as Execa from 'execa';

/** Starts programs; loaded late, as it takes as long to load as all of this package, and most runs start none with it. */
export async function lateExeca(): Promise<typeof Execa.execa> {
  return (await import('execa')).execa;
}
