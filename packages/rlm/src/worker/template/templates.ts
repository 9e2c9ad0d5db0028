import type { WorkerCommand } from '../../python/python-command.ts';
import { WorkerTemplate } from './worker-template.ts';

/** How long a template without workers is kept, in milliseconds, unless {@link keepTemplates} says otherwise. */
const DEFAULT_LINGER_MS = 60_000;

/** Those that take requests, by the command that starts them. */
const templates = new Map<string, WorkerTemplate>();
const lingering = new WeakMap<WorkerTemplate, NodeJS.Timeout>();
/** Those that end with their last worker. */
const unwanted = new WeakSet<WorkerTemplate>();
let lingerMs = DEFAULT_LINGER_MS;

/** The template of workers of this command, started when there is none. */
export function templateOf(command: WorkerCommand): WorkerTemplate {
  const key = JSON.stringify([command.file, command.args, command.env]);
  const found = templates.get(key) ?? started(key, command);
  clearTimeout(lingering.get(found));
  unwanted.delete(found);
  return found;
}

/** How long templates are kept after the last of their workers, in milliseconds, from now on. */
export function keepTemplates(ms: number): void {
  lingerMs = ms;
}

/** Ends those that have no workers, and resolves when they are gone; the others end with the last of theirs. */
export async function closeTemplates(): Promise<void> {
  const all = [...templates.values()];
  for (const template of all) unwanted.add(template);
  await Promise.all(all.filter(({ isIdle }) => isIdle).map((template) => template.end()));
}

function started(key: string, command: WorkerCommand): WorkerTemplate {
  const started = new WorkerTemplate(command, {
    onIdle: (template) => {
      const ms = unwanted.has(template) ? 0 : lingerMs;
      lingering.set(template, setTimeout(() => void template.end(), ms).unref());
    },
    onLeaving: (template) => {
      clearTimeout(lingering.get(template));
      if (templates.get(key) === template) templates.delete(key);
    },
    onUnserved: (children) => {
      for (const child of children) templateOf(command).adopt(child);
    },
  });
  templates.set(key, started);
  return started;
}
