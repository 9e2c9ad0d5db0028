import type { ViewSource } from '../../model/view-source.ts';

const nothing = (): Promise<never> => Promise.reject(new Error('There is no such run here.'));

/** A source without runs. */
export const emptySource: ViewSource = {
  isLive: false,
  listRuns: async () => [],
  readRun: nothing,
  followRun: nothing,
  readText: nothing,
  readAssessment: async () => null,
};
