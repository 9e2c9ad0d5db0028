import type { Beside } from '../judge/request.ts';

/** A line that holds what was looked for. */
export interface Hit {
  file: string;
  line: number;
  text: string;
}

/** What a search came to; `isCut`: there is more. */
export interface Found {
  hits: Hit[];
  isCut: boolean;
}

/** Files beside the work, that a judge may list, search and read. */
export interface ReferenceTree extends Beside {
  names(): Promise<readonly string[]>;
  /** Its lines, as a judge is shown them. @throws {Error} with what to do, for a model. */
  lines(name: string): Promise<readonly string[]>;
  /** The lines that hold a text, letter for letter, of files in a folder; in the order of the names. */
  search(text: string, folder: string): Promise<Found>;
}

/** Hits in one file: the next ones are found by reading it. */
export const MAX_HITS_IN_FILE = 20;

/** What a model is told of a name that is not there. */
export function notThere(name: string): Error {
  return new Error(`There is no file ${JSON.stringify(name)} here. ${PATHS}`);
}

/** What a model is told of paths. */
export const PATHS =
  'Paths are relative to the top of the repository as it was before the work; reference_list says which there are.';
