import type { RunView } from '../../model/run-view.ts';

/** Time in which something worked on a run, and where it begins on the axis. */
interface Span {
  from: number;
  to: number;
  at: number;
}

/** Milliseconds that a pause between two lives takes on the axis, as a share of all the work. */
const PAUSE_SHARE = 0.03;

/**
 * The axis of a timeline: milliseconds in which a process worked on the run. Between two lives, which may be days apart, there is a
 * pause of the same width each.
 */
export class TimeScale {
  readonly #spans: Span[];
  /** Length of the whole axis. */
  readonly length: number;
  /** Places on the axis at which a life begins, but for the first. */
  readonly pauses: number[];

  constructor(spans: readonly { from: number; to: number }[]) {
    const joined: { from: number; to: number }[] = [];
    for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
      const last = joined.at(-1);
      if (last && from <= last.to) last.to = Math.max(last.to, to);
      else joined.push({ from, to: Math.max(from, to) });
    }
    const work = joined.reduce((sum, { from, to }) => sum + to - from, 0);
    let at = 0;
    let end = joined[0]?.from ?? 0;
    this.#spans = joined.map(({ from, to }, place) => {
      if (place > 0) at += Math.min(from - end, Math.max(1, work * PAUSE_SHARE));
      const span = { from, to, at };
      at += to - from;
      end = to;
      return span;
    });
    this.length = Math.max(1, at);
    this.pauses = this.#spans.slice(1).map((span) => span.at);
  }

  /** Place on the axis of a time; of one in a pause, where it is over. */
  placeOf(time: number): number {
    const span = this.#spans.findLast(({ from }) => from <= time) ?? this.#spans[0];
    if (!span) return 0;
    const next = this.#spans[this.#spans.indexOf(span) + 1];
    if (time > span.to && next) return next.at;
    return span.at + Math.max(0, Math.min(time, span.to) - span.from);
  }
}

/** The axis of a run, up to `now` while it works. */
export function scaleOfRun({ head, calls, codeBlocks, iterations }: RunView, now: number): TimeScale {
  const times = [...calls, ...codeBlocks, ...iterations].flatMap(({ startedAt, endedAt }) =>
    [startedAt ?? [], endedAt ?? []].flat(),
  );
  const last = times.reduce((latest, time) => Math.max(latest, time), head.startedAt ?? 0);
  const isRunning = head.status === 'running';
  const lives = head.lives.map(({ startedAt, endedAt }, place) => {
    const next = head.lives[place + 1]?.startedAt;
    const lastOfLife = times.reduce(
      (latest, time) => (next === undefined || time < next ? Math.max(latest, time) : latest),
      startedAt,
    );
    return { from: startedAt, to: endedAt ?? (next === undefined && isRunning ? Math.max(now, last) : lastOfLife) };
  });
  if (lives.length > 0) return new TimeScale(lives);
  const first = times.reduce((earliest, time) => Math.min(earliest, time), head.startedAt ?? last);
  return new TimeScale([{ from: first, to: isRunning ? Math.max(now, last) : last }]);
}

/** Steps of an axis that are whole numbers of a unit, so that there are about `count` of them. */
export function stepOf(length: number, count: number): number {
  const wanted = length / count;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const minutes = [
    1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
  ];
  if (wanted > 1_000) return minutes.find((step) => step >= wanted) ?? Math.ceil(wanted / 3_600_000) * 3_600_000;
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= wanted) ?? wanted;
}
