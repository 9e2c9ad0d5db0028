import { useCallback, useMemo, useState } from 'preact/hooks';
import type { ViewSource } from '../../model/view-source.ts';
import { LogSource } from '../../official-log/log-source.ts';
import { goTo } from '../routes/use-route.ts';
import { messageOf } from '../state/use-loaded.ts';
import { JoinedSource } from './joined-source.ts';

/** The source of the page with the logs that were dropped on it, what to call for others, and why some could not be read. */
export interface Dropped {
  source: ViewSource;
  open: (files: readonly File[]) => void;
  failures: readonly string[];
}

export function useDropped(own: ViewSource): Dropped {
  const [logs, setLogs] = useState<ReadonlyMap<string, ViewSource>>(new Map());
  const [failures, setFailures] = useState<readonly string[]>([]);
  const open = useCallback(async (files: readonly File[]) => {
    const read = await Promise.allSettled(files.map(readLog));
    const opened = read.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    setLogs((logs) => new Map([...opened, ...logs, ...opened]));
    setFailures(
      read.flatMap((each, place) =>
        each.status === 'rejected' ? `${files[place]?.name}: ${messageOf(each.reason)}` : [],
      ),
    );
    const [first] = opened;
    if (first) goTo(opened.length === 1 ? { page: 'run', run: first[0], section: 'summary' } : { page: 'runs' });
  }, []);
  const source = useMemo(() => (logs.size > 0 ? new JoinedSource(own, logs) : own), [own, logs]);
  return { source, open, failures };
}

/** The runs of a log, by their ids. */
async function readLog(file: File): Promise<[string, ViewSource][]> {
  const log = new LogSource(file.name, await file.text(), file.lastModified);
  return (await log.listRuns()).map(({ id }) => [id, log]);
}
