import { counted } from '@rlm-bridge/text';

/** A step's summary is dropped whole when it is larger than 1 MiB. */
const SUMMARY_BYTES = 1_000_000;
/** GitHub shows ten annotations of a level for each step, and drops the others without a word. */
const ANNOTATIONS_OF_LEVEL = 10;
const ANNOTATION_CHARS = 4_000;

/** A summary cut at a line so that it fits, which says that it was; `used` bytes are there already. */
export function boundSummary(markdown: string, used: number): string {
  if (Buffer.byteLength(markdown) + used <= SUMMARY_BYTES) return markdown;
  const lines = markdown.split('\n');
  const kept: string[] = [];
  let bytes = used + 200;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > SUMMARY_BYTES) break;
    kept.push(line);
  }
  const cut = `${counted(lines.length - kept.length, 'more line is', 'more lines are')} left out: GitHub takes no larger summary. The reports of the gate have all of it.`;
  return [...kept, '', cut, ''].join('\n');
}

/** Annotations, the first of each level, as many as are shown; in the place of the others one that counts them. */
export function boundAnnotations(commands: string): string {
  const shown = new Map<string, number>();
  const lines = commands.split('\n').filter((line) => line !== '');
  const kept = lines.filter((line) => {
    const level = /^::(\w+) /.exec(line)?.[1] ?? '';
    const count = (shown.get(level) ?? 0) + 1;
    shown.set(level, count);
    return count <= ANNOTATIONS_OF_LEVEL - (level === 'notice' ? 1 : 0);
  });
  const more = lines.length - kept.length;
  const rest =
    more === 0
      ? []
      : [`::notice title=rlm assess::${more} more ${more === 1 ? 'is' : 'are'} in the summary of the step`];
  return [...kept.map(cut), ...rest, ''].join('\n');
}

/** An escape of a line's end or a percent sign is three characters, and stays whole. */
function cut(line: string): string {
  return line.length <= ANNOTATION_CHARS ? line : `${line.slice(0, ANNOTATION_CHARS).replace(/%[0-9A-F]?$/, '')}…`;
}
