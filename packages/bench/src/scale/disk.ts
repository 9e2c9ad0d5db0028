import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { secondsOf } from '../measure.ts';
import { megabytes, type Row, seconds } from './row.ts';

/** The worker's environment as uv makes it for a user: what the lock has, and nothing for development. */
export async function disk(): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-bench-'));
  const project = fileURLToPath(new URL('../../../../python', import.meta.url));
  try {
    const env = { UV_PROJECT_ENVIRONMENT: join(folder, 'venv') };
    const sync = () => execa({ env })`uv sync --frozen --no-dev --link-mode copy --project ${project}`;
    const took = await secondsOf(sync);
    const { stdout } = await execa`du --summarize --block-size=1000000 ${folder}`;
    const ours = `${megabytes(Number.parseInt(stdout, 10))}, ${seconds(took)} from uv's cache`;
    return { what: 'the environment on disk', ours, aim: '≤ 100 MB' };
  } finally {
    await rm(folder, { recursive: true });
  }
}
