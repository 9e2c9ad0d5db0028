import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import { Repository, temporaryFolder } from './repository.ts';

/** A merge request as `gt mq list --json` prints it: an issue, with everything about it in the text. */
export function mergeRequest(fields: Record<string, string>, status = 'open'): object {
  const { prose = '', ...said } = fields;
  const description = Object.entries(said).map(([key, value]) => `${key}: ${value}`);
  return {
    id: 'gt-mr-001',
    title: 'Merge: gt-1',
    description: [...description, 'retry_count: 0', 'last_conflict_sha: null', prose].join('\n'),
    status,
    priority: 1,
    issue_type: 'task',
    created_at: '2026-01-02T03:04:05Z',
    updated_at: '2026-01-02T03:04:05Z',
    labels: ['gt:merge-request'],
    ephemeral: true,
  };
}

export interface TownState {
  /** By `<rig>/<name>`. */
  polecats: Record<string, { state: string; clone_path: string; branch: string; zombie?: boolean }>;
  /** By rig; what is printed of an empty queue is `null`. */
  queues?: Record<string, object[] | null>;
}

/**
 * A town with a `gt` on PATH that answers as Gas Town does: `polecat list` needs a rig or `--all`, `mq list` a rig, and
 * both print indented JSON. The town's folder.
 */
export async function installTown({ polecats, queues = {} }: TownState): Promise<string> {
  const town = await Repository.at(await temporaryFolder());
  const bin = await Repository.at(await temporaryFolder());
  const listed = Object.entries(polecats).map(([address, { state, zombie = false }]) => {
    const [rig, name] = address.split('/');
    return { rig, name, state, session_running: zombie, ...(zombie && { zombie }) };
  });
  const answers: Record<string, unknown> = { 'polecat list --all --json': listed };
  for (const [address, { zombie, ...status }] of Object.entries(polecats)) {
    const [rig = '', name] = address.split('/');
    if (zombie !== true) answers[`polecat status ${address} --json`] = { rig, name, ...status, session_running: false };
    answers[`mq list ${rig} --json`] = queues[rig] ?? null;
  }
  const cases = Object.entries(answers).map(
    ([asked, answer]) => `${quoted(asked)}) printf '%s\\n' ${quoted(JSON.stringify(answer, null, 2))} ;;`,
  );
  const program = `#!/bin/sh
fail() { printf 'Error: %s\\n' "$1" >&2; exit 1; }
case "$*" in
'polecat list --json') fail 'rig name required (or use --all)' ;;
${cases.join('\n')}
*) fail "not found: $*" ;;
esac
`;
  await town.write({ 'mayor/town.json': '{}', 'rig/.keep': '' });
  await bin.write({ gt: program });
  await chmod(join(bin.path, 'gt'), 0o755);
  vi.stubEnv('PATH', `${bin.path}:${process.env.PATH}`);
  return town.path;
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
