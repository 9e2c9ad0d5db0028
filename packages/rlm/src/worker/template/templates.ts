import type { WorkerCommand } from '../../python/python-command.ts';
import { WorkerTemplate } from './worker-template.ts';

/** How long a template without workers is kept, in milliseconds, unless {@link keepTemplates} says otherwise. */
const DEFAULT_LINGER_MS = 60_000;

/** Those that take requests, by the command that starts them. */
const templates = new Map<string, WorkerTemplate>();
const lingering = new WeakMap<WorkerTemplate, NodeJS.Timeout>();
let lingerMs = DEFAULT_LINGER_MS;

/** The template of workers of this command, started when there is none. */
export function templateOf(command: WorkerCommand): WorkerTemplate {
  const key = JSON.stringify([command.file, command.args, command.env]);
  const found = templates.get(key) ?? started(key, command);
  clearTimeout(lingering.get(found));
  return found;
}

/** How long templates are kept after the last of their workers, in milliseconds, from now on. */
export function keepTemplates(ms: number): void {
  lingerMs = ms;
}

/** Ends those that have no workers; resolves when they are gone. */
export async function closeTemplates(): Promise<void> {
  const idle = [...templates.values()].filter(({ isIdle }) => isIdle);
  await Promise.all(idle.map((template) => template.end()));
}

function started(key: string, command: WorkerCommand): WorkerTemplate {
  const started = new WorkerTemplate(command, {
    onIdle: (template) => {
      lingering.set(template, setTimeout(() => void template.end(), lingerMs).unref());
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
