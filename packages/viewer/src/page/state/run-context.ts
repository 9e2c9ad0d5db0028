import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { RunView } from '../../model/run-view.ts';
import { TextReader } from '../texts/text-reader.ts';
import type { RunIndex } from './run-index.ts';

/** The run that is shown, for whatever shows a part of it. */
export interface ShownRun {
  id: string;
  view: RunView;
  index: RunIndex;
  reader: TextReader;
}

const RunContext = createContext<ShownRun | null>(null);
export const RunProvider = RunContext.Provider;

export function useShownRun(): ShownRun {
  const shown = useContext(RunContext);
  if (!shown) throw new Error('A view of a run stands outside of one.');
  return shown;
}

const NO_TEXTS = new TextReader(() => Promise.reject(new Error('There is no run here.')));

/** Where texts are read from. */
export function useReader(): TextReader {
  return useContext(RunContext)?.reader ?? NO_TEXTS;
}
