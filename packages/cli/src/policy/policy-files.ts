import { basename, relative, resolve, sep } from 'node:path';
import {
  type AssessmentResult,
  AssessmentResultSchema,
  type BaselineFinding,
  type Criterion,
  parseBaseline,
} from '@rlm-bridge/assess';
import { isInside } from '@rlm-bridge/files';
import { thrownText } from '@rlm-bridge/text';
import { CONFIG_NAMES } from '../configuration/config.ts';
import { readText } from '../configuration/config-file.ts';
import { parseYaml } from '../configuration/yaml.ts';
import { UsageError } from '../exit/exit-codes.ts';
import type { JudgedWork } from './judged-work.ts';

/** The files of a gate's policy that the command line names. */
export interface PolicyFlags {
  config?: string;
  rubric?: string;
  criteria?: string;
  context?: string[];
  baseline?: string;
  previous?: string;
  trend?: string;
}

export interface PolicyFiles {
  rubric: Criterion[] | undefined;
  criteria: string | undefined;
  /** Documents beside the work, by the names that they were given by. */
  context: Record<string, string> | undefined;
  baseline: BaselineFinding[] | undefined;
  /** Nothing is decided by it; it is read as the others are, so that the work cannot write its own. */
  previous: AssessmentResult | undefined;
  /** The last result of the base branch, for the summary. */
  trend: AssessmentResult | undefined;
  /** Globs of all that is policy, found or not, relative to the tops of what is judged. */
  globs: string[];
  notes: string[];
}

/**
 * Reads rubric, criteria, documents beside the work and baseline: from the base what lies in the judged work, and as it is what does not.
 * @throws {UsageError} when one cannot be read; or is only in the work, and the gate would ask less without it.
 */
export async function readPolicyFiles(flags: PolicyFlags, work: JudgedWork, cwd: string): Promise<PolicyFiles> {
  const read = async (name: string | undefined) => {
    if (name === undefined) return undefined;
    const path = resolve(cwd, name);
    if (!(await work.holds(path))) return await readText(path);
    return (await work.read(path))?.bytes.toString('utf8') ?? null;
  };
  const rubric = requireThere(flags.rubric, await read(flags.rubric));
  const criteria = requireThere(flags.criteria, await read(flags.criteria));
  const context = await readBeside(
    flags.context ?? [],
    cwd,
    async (name) => requireThere(name, await read(name)) ?? '',
  );
  const baseline = await read(flags.baseline);
  const previous = await read(flags.previous);
  const trend = await read(flags.trend);
  const unused = [
    ...(baseline === null ? [flags.baseline] : []),
    ...(previous === null ? [flags.previous] : []),
    ...(trend === null ? [flags.trend] : []),
  ];
  return {
    rubric: rubric === undefined ? undefined : await parseRubric(flags.rubric ?? '', rubric),
    criteria,
    context: flags.context === undefined ? undefined : context,
    baseline: baseline == null ? undefined : parseBaseline(baseline).findings,
    globs: globsOf(flags, work, cwd),
    previous: previous == null ? undefined : parsePrevious(flags.previous ?? '', previous),
    trend: trend == null ? undefined : requireResult(flags.trend ?? '', trend),
    notes: unused.map((name) => `${name} was not used: ${ONLY_IN_WORK}.`),
  };
}

/** Documents beside the work by what they are called there: a file outside of the folder by its name alone. */
async function readBeside(
  files: readonly string[],
  cwd: string,
  read: (file: string) => Promise<string>,
): Promise<Record<string, string>> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const path = resolve(cwd, file);
    const name = isInside(cwd, path) ? relative(cwd, path).split(sep).join('/') : basename(path);
    if (texts.has(name)) throw new UsageError(`--context: two files would be called ${name}. Give one another name.`);
    texts.set(name, await read(file));
  }
  return Object.fromEntries(texts);
}

const ONLY_IN_WORK = 'it is not in the commit that the work started from';

function requireThere(name: string | undefined, text: string | null | undefined): string | undefined {
  if (text !== null) return text;
  throw new UsageError(
    `${name}: ${ONLY_IN_WORK}. Bring it in by a change of its own, or name a file outside of what is judged.`,
  );
}

/** Questions of a file, in JSON or YAML. @throws {UsageError} */
export async function parseRubric(name: string, text: string): Promise<Criterion[]> {
  const rubric = await parseYaml(text);
  if (Array.isArray(rubric)) return rubric;
  throw new UsageError(`${name}: a rubric is a list of questions: [{ id, question, severity, anchors }].`);
}

/** @throws {UsageError} */
function requireResult(name: string, text: string): AssessmentResult {
  const result = parsePrevious(name, text);
  if (AssessmentResultSchema.safeParse(result).success) return result;
  throw new UsageError(`${name} is no result of "rlm assess --json" of this version. Judge the base branch again.`);
}

/** `assessWorkers` says what is wrong with what it holds. */
function parsePrevious(name: string, text: string): AssessmentResult {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name} is no result of "rlm assess --json": ${thrownText(error)}`);
  }
}

function globsOf(flags: PolicyFlags, work: JudgedWork, cwd: string): string[] {
  const { config, rubric, criteria, baseline, context = [] } = flags;
  const named = [config, rubric, criteria, baseline, ...context].filter((name) => name !== undefined);
  const inWork = named.flatMap((name) => {
    const path = resolve(cwd, name);
    const holding = work.folders.filter((folder) => isInside(folder, path));
    return holding.map((folder) => relative(folder, path).split(sep).join('/'));
  });
  return [...CONFIG_NAMES.map((name) => `**/${name}`), ...inWork.map(literally)];
}

function literally(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@|]/g, String.raw`\$&`);
}
