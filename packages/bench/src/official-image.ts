import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { PYTHON } from './official.ts';
import { SANDBOX_IMAGE } from './ours.ts';

const NAME = 'rlm-bridge-bench-official:local';
const SITE_PACKAGES = '/usr/lib/python3/dist-packages';

/**
 * An image for the official docker environment, made once: our base image with `dill` and `requests`, which the
 * official class otherwise installs at every start.
 */
export async function officialImage(): Promise<string> {
  const { exitCode } = await execa({ reject: false })`docker image inspect ${NAME}`;
  if (exitCode === 0) return NAME;
  const packages = await mkdtemp(join(tmpdir(), 'rlm-bench-'));
  try {
    await execa`uv pip install --quiet --python ${PYTHON} --target ${packages} dill requests`;
    const { stdout: container } = await execa`docker create ${SANDBOX_IMAGE} true`;
    try {
      await execa`docker cp ${packages}/. ${container}:${SITE_PACKAGES}`;
      await execa`docker commit ${container} ${NAME}`;
    } finally {
      await execa`docker rm ${container}`;
    }
  } finally {
    await rm(packages, { recursive: true });
  }
  return NAME;
}
