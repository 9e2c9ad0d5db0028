import { readFile } from 'node:fs/promises';

/** A place the answer names, with the text that really stands there. */
export interface Passage {
  file: string;
  firstLine: number;
  lastLine: number;
  text: string;
}

const CITATION = /([\w./-]+\.py), lines? (\d+)(?:\s*[-–]\s*(\d+))?/g;

/** The places of the input that an answer names, read back from the files themselves; each once. */
export async function citedPassages(answer: string, files: Record<string, string>): Promise<Passage[]> {
  const passages = new Map<string, Passage>();
  for (const [, file = '', first = '', last = first] of answer.matchAll(CITATION)) {
    const path = files[file];
    if (!path) continue;
    const [firstLine, lastLine] = [Number(first), Number(last)];
    const lines = (await readFile(path, 'utf8')).split('\n').slice(firstLine - 1, lastLine);
    if (lines.length > 0) passages.set(`${file}:${first}`, { file, firstLine, lastLine, text: lines.join('\n') });
  }
  return [...passages.values()];
}
