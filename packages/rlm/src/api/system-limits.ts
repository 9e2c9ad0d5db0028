import { thrownText } from '@rlm-bridge/text';
import { RLMError } from './errors.ts';

const DESCRIPTORS =
  'This process may open no more files and sockets. Raise its limit where it is started: "ulimit -n 4096" in a shell, ' +
  'LimitNOFILE= of a systemd unit, --ulimit nofile=4096 of a container.';
const MACHINE =
  'This machine may open no more files and sockets. Close some, or raise the limit with "sysctl fs.file-max".';
const THREADS =
  'No more processes and threads can be started. Raise the limit where this process is started: "ulimit -u" in a ' +
  'shell, TasksMax= of a systemd unit, --pids-limit of a container.';
const MEMORY = 'There is no memory left to start a process. Free some, or give this machine or container more.';

/** By the code of an error; the last two say so only of a process that cannot be started. */
const BY_CODE: Record<string, string> = { EMFILE: DESCRIPTORS, ENFILE: MACHINE, EAGAIN: THREADS, ENOMEM: MEMORY };
const OF_SPAWN = ['EAGAIN', 'ENOMEM'];

const BY_WORDS: [words: RegExp, advice: string][] = [
  [/too many open files in system/i, MACHINE],
  [/too many open files/i, DESCRIPTORS],
  [/can't start new thread|resource temporarily unavailable|newosproc/i, THREADS],
  [/cannot allocate memory/i, MEMORY],
];

/** What to do about a limit of the machine that is in the last words of a process; undefined: there is none. */
export function limitInWords(words: string): string | undefined {
  return BY_WORDS.find(([pattern]) => pattern.test(words))?.[1];
}

/** An error as it is, unless a limit of the machine led to it: that is then what is told, whatever met it. */
export function limitOr(error: unknown): unknown {
  const advice = limitMet(error);
  if (advice === undefined || (RLMError.isInstance(error) && error.code === 'system_limit_reached')) return error;
  return new RLMError('system_limit_reached', `${reasonOf(error)}: ${advice}`, { cause: error });
}

function limitMet(error: unknown): string | undefined {
  for (let link: unknown = error, depth = 0; link instanceof Error && depth < 16; link = link.cause, depth++) {
    const code = 'code' in link ? String(link.code) : '';
    const ofSpawn = 'syscall' in link && String(link.syscall).startsWith('spawn');
    if (Object.hasOwn(BY_CODE, code) && (ofSpawn || !OF_SPAWN.includes(code))) return BY_CODE[code];
  }
  return undefined;
}

/** The system's own words, which name the file or the program. The advice of whoever met the limit is beside the point. */
function reasonOf(error: unknown): string {
  let link = error;
  while (link instanceof Error && link.cause !== undefined) link = link.cause;
  return thrownText(link);
}
