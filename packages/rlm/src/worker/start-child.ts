import type { WorkerCommand } from '../python/python-command.ts';
import { sharedAndOwn } from '../python/worker-variables.ts';
import { templateOf } from './template/templates.ts';
import type { WorkerChild } from './worker-child.ts';
import { FOLDER_VARIABLE } from './worker-folder.ts';

/** A worker's process, with the path of its temporary folder. */
export async function startChild(command: WorkerCommand, folder: string): Promise<WorkerChild> {
  const folderVariable = { [FOLDER_VARIABLE]: folder };
  const { start, local } = command;
  if (start === 'fork') {
    const { shared, own } = sharedAndOwn(command.env);
    const environment = { ...own, ...folderVariable };
    return templateOf({ ...command, env: shared }).fork({ cwd: process.cwd(), environment, local });
  }
  // Loaded late: what it starts programs with is large, and on Linux none is started.
  const { SpawnedChild } = await import('./spawned-child.ts');
  return new SpawnedChild({ ...command, env: { ...command.env, ...folderVariable } });
}
