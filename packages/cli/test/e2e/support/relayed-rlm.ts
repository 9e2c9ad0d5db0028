import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../../assess/test/support/repository.ts';
import { rlm } from './rlm.ts';

/** A call of the program: its arguments, folder and variables, and nothing of this process. */
interface Call {
  args: string[];
  cwd: string;
  env: Record<string, string>;
}

/**
 * A folder with a program `rlm`, as a machine has it that the command is installed on, for what calls it: the command itself
 * runs in this process, with the arguments, the folder and the variables that the program was given.
 */
export async function folderWithRlm(): Promise<string> {
  const folder = await temporaryFolder();
  const server = createServer((caller) => void answer(caller));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await writeFile(join(folder, 'rlm'), program(port), { mode: 0o755 });
  return folder;
}

/** It tells the number of its arguments, its folder, these and its variables, and is told where the answer is. */
const program = (port: number) => `#!/usr/bin/env bash
exec 3<> /dev/tcp/127.0.0.1/${port}
{ printf '%s\\0' "$#" "$PWD" "$@"; env -0; printf '\\0'; } >&3
read -r -u 3 code folder
cat -- "$folder/stdout"
cat -- "$folder/stderr" >&2
exit "$code"
`;

async function answer(caller: Socket): Promise<void> {
  const { args, cwd, env } = await callOf(caller);
  const others = Object.keys(process.env).filter((name) => !(name in env));
  const without = Object.fromEntries(others.map((name) => [name, undefined]));
  const { exitCode, ...said } = await rlm(args, { cwd, env: { ...without, ...env } });
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(said)) await writeFile(join(folder, name), text && `${text}\n`);
  caller.end(`${exitCode} ${folder}\n`);
}

async function callOf(caller: Socket): Promise<Call> {
  let told = '';
  for await (const data of caller.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    told += data;
    const [count = '', cwd = '', ...rest] = told.split('\0');
    const args = rest.slice(0, Number(count));
    const end = rest.indexOf('', args.length);
    // What comes last is not ended yet.
    if (end === -1 || end === rest.length - 1) continue;
    const variables = rest.slice(args.length, end).map((text): [string, string] => {
      const name = text.slice(0, text.indexOf('='));
      return [name, text.slice(name.length + 1)];
    });
    return { args, cwd, env: Object.fromEntries(variables) };
  }
  throw new Error(`a caller of rlm ended before it had said what it asks: ${told}`);
}
