import { z } from 'zod';

// What `environmentOptions` of the worker's own environments may be, with every range, default and message, once.
// `RunSpec.environmentOptions` stays a record: the official environments judge their own.

const MAX_MB = 1_048_576;

const kernel = {
  cellTimeoutMs: whole(100, 86_400_000, 'milliseconds')
    .default(600_000)
    .describe('Time one code block may use, waiting for sub-calls not counted.'),
  startTimeoutMs: whole(1_000, 600_000, 'milliseconds').default(60_000),
  openFiles: whole(256, 65_536).default(1_024),
  prewarm: z
    .boolean(must('be true or false'))
    .default(false)
    .describe("Start the kernel of the worker's next run when this one has ended."),
};

export const DockerOptions = z
  .strictObject({
    ...kernel,
    image: text(/^[^\s-]\S*$/, 'be the name of an image')
      .default('python:3.12-slim')
      .describe('Any image with Python 3.9 or newer as python3 or python.'),
    runtime: z.enum(['docker', 'podman'], must('be one of "docker", "podman"')).default('docker'),
    memoryMb: whole(128, MAX_MB, 'MB').default(2_048),
    cpus: cpus().default(1),
    pidsLimit: whole(16, 32_768).default(128),
    tmpfsMb: whole(1, MAX_MB, 'MB')
      .default(256)
      .describe('Size of /tmp, the only writable folder; it counts as memory.'),
    seccompProfile: text(/\S/, 'be a string that is not empty')
      .nullable()
      .default(null)
      .describe("Path of a profile on the host; null is the runtime's own default profile."),
    ociRuntime: text(/^[A-Za-z0-9][\w.-]*$/, 'be the name of an OCI runtime, or null')
      .nullable()
      .default(null)
      .describe('For example runsc, for gVisor.'),
    pullTimeoutMs: whole(1_000, 3_600_000, 'milliseconds').default(600_000),
  })
  .register(z.globalRegistry, { id: 'DockerOptions' });
/** Every setting of `docker`. */
export type DockerOptions = z.output<typeof DockerOptions>;

export const LocalOptions = z
  .strictObject({
    ...kernel,
    memoryMb: whole(256, MAX_MB, 'MB').default(4_096).describe('Address space of the interpreter (RLIMIT_AS).'),
    fileSizeMb: whole(1, MAX_MB, 'MB').default(1_024),
  })
  .register(z.globalRegistry, { id: 'LocalOptions' });
/** Every setting of `local`. */
export type LocalOptions = z.output<typeof LocalOptions>;

export const LandlockOptions = z
  .strictObject({
    ...kernel,
    memoryMb: whole(256, MAX_MB, 'MB').default(4_096).describe('Address space of each process (RLIMIT_AS).'),
    cpus: whole(1, 1_024).default(1).describe('Processors that its processes may run on.'),
    cpuSeconds: whole(1, 86_400, 'seconds').default(3_600).describe('Processor time of each process (RLIMIT_CPU).'),
    pidsLimit: whole(16, 32_768).default(128).describe('Processes and threads (RLIMIT_NPROC).'),
    fileSizeMb: whole(1, MAX_MB, 'MB').default(256).describe('Size of one file (RLIMIT_FSIZE).'),
  })
  .register(z.globalRegistry, { id: 'LandlockOptions' });
/** Every setting of `landlock`. */
export type LandlockOptions = z.output<typeof LandlockOptions>;

function whole(least: number, most: number, unit = ''): z.ZodInt {
  const rule = must(`be a whole number of ${unit === '' ? '' : `${unit}, `}${least} to ${most}`);
  return z.int(rule).min(least, rule).max(most, rule);
}

function cpus(): z.ZodNumber {
  const rule = must('be a number above 0 and at most 1024');
  return z.number(rule).gt(0, rule).max(1_024, rule);
}

function text(pattern: RegExp, rule: string): z.ZodString {
  return z
    .string(must(rule))
    .regex(pattern, must(rule))
    .refine((value) => value.isWellFormed(), must(rule));
}

/** The message of an option that breaks a rule, in words that finish the sentence "<name> …". */
function must(rule: string): { error: string } {
  return { error: `must ${rule}` };
}
