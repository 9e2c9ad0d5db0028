import type { LabelPlace } from '../api/calibration.ts';
import type { FaultKind } from '../api/planting.ts';
import type { Severity } from '../api/terms.ts';
import type { Candidate, SourceFile } from './candidates.ts';
import type { Random } from './random.ts';

/** How a fault is labelled: by the rule of a preset where it has one, and the names that judges give it besides. */
export interface FaultLabel {
  rule: string;
  also: string[];
  severity: Severity;
}

export const FAULT_LABELS: Readonly<Record<FaultKind, FaultLabel>> = {
  secret: {
    rule: 'no-secrets',
    also: ['hardcoded-secret', 'api-key-in-code', 'leaked-key', 'token-in-code'],
    severity: 'critical',
  },
  injection: {
    rule: 'no-injection',
    also: ['sql-injection', 'command-injection', 'shell-injection'],
    severity: 'critical',
  },
  copy: { rule: 'no-duplicated-code', also: ['duplicate-code', 'copied-function', 'dry'], severity: 'high' },
  'missing-test': {
    rule: 'missing-test',
    also: ['untested-code', 'tests-missing', 'test-coverage'],
    severity: 'medium',
  },
  'dead-code': { rule: 'dead-code', also: ['unreachable-code', 'unused-function'], severity: 'low' },
};

/** What a fault makes of the files of a change, and where it stands. */
export interface PlantedFault {
  /** New lines of files, by their path. */
  files: Map<string, readonly string[]>;
  /** The first one is the fault's place; the others show it, too. */
  places: [LabelPlace, ...LabelPlace[]];
  /** Whether the tests of the function are left out. */
  isUntested: boolean;
}

type Plant = (candidate: Candidate, random: Random, others: readonly SourceFile[]) => PlantedFault | null;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Plants each kind of fault into the change that adds a function; null: this function does not lend itself to it. */
export const FAULTS: Readonly<Record<FaultKind, Plant>> = {
  secret: ({ file, fn }, random) => {
    const [name, value] = random.pick(secretsOf(random)) ?? ['API_KEY', ''];
    const line = file.language === 'python' ? `${name} = "${value}"` : `const ${name} = '${value}';`;
    return inserted(file, fn.first, [line, ...(file.language === 'python' ? ['', ''] : [''])], 1);
  },
  injection: ({ file, fn }, random) => {
    const lines = random.pick(injectionsOf(file, capitalized(fn.name)));
    if (lines === undefined) return null;
    const gap = file.language === 'python' ? ['', ''] : [''];
    return inserted(file, fn.last + 1, [...gap, ...lines], lines.length, gap.length);
  },
  copy: ({ file, fn }, random, others) => {
    const into = random.pick(others.filter(({ path, language }) => path !== file.path && language === file.language));
    if (into === undefined) return null;
    const name = file.language === 'python' ? `_local_${fn.name}` : `local${capitalized(fn.name)}`;
    const lines = file.lines
      .slice(fn.head, fn.last + 1)
      .map((line) => line.replaceAll(new RegExp(`\\b${fn.name}\\b`, 'g'), name).replace(/^export /, ''));
    const end = into.lines.findLastIndex((line) => line.trim() !== '') + 1;
    const gap = file.language === 'python' ? ['', ''] : [''];
    const copy = inserted(into, end, [...gap, ...lines], lines.length, gap.length);
    const original: LabelPlace = { file: file.path, lines: [fn.head + 1, fn.last + 1] };
    return { ...copy, places: [copy.places[0], original] };
  },
  'missing-test': ({ file, fn }) => ({
    files: new Map(),
    places: [{ file: file.path, lines: [fn.head + 1, fn.last + 1] }],
    isUntested: true,
  }),
  'dead-code': ({ file, fn }) => {
    const isPython = file.language === 'python';
    const at = isPython ? fn.last : fn.last - 1;
    const last = file.lines[at] ?? '';
    const indent = /^(\s+)return\b.*$/.exec(last)?.[1];
    // Of a return of several lines the last one is no return, and what is nested deeper may not be reached.
    const isOfBody = indent === /^\s+/.exec(file.lines[fn.body] ?? '')?.[0];
    if (indent === undefined || !isOfBody || (!isPython && !last.endsWith(';'))) return null;
    const dead = isPython
      ? [`${indent}remaining = sorted(vars())`, `${indent}print("left over:", remaining)`]
      : [
          `${indent}const remaining = [${fn.parameters.slice(0, 1).join('')}];`,
          `${indent}console.debug('left over', remaining.length);`,
        ];
    return inserted(file, at + 1, dead, dead.length);
  },
};

function secretsOf(random: Random): [name: string, value: string][] {
  return [
    ['AWS_ACCESS_KEY_ID', `AKIA${random.text(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`],
    ['PAYMENTS_KEY', `sk_live_${random.text(24, LETTERS)}`],
    ['REGISTRY_TOKEN', `ghp_${random.text(36, LETTERS)}`],
    ['DATABASE_URL', `postgres://service:${random.text(14, LETTERS)}@db.internal:5432/orders`],
  ];
}

function injectionsOf({ language, lines }: SourceFile, name: string): string[][] {
  if (language === 'python') {
    const snake = name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
    return [
      [
        `def find_${snake}(cursor, wanted):`,
        `    return cursor.execute("select * from records where name = '%s'" % wanted).fetchall()`,
      ],
      [`def archive_${snake}(folder):`, '    import os', '', '    return os.system("tar czf backup.tgz " + folder)'],
    ];
  }
  const keyword = lines.some((line) => /^(?:export|import) /.test(line)) ? 'export ' : '';
  const typed = (type: string) => (language === 'typescript' ? `: ${type}` : '');
  return [
    [
      `${keyword}function find${name}(db${typed('{ query(sql: string): unknown }')}, wanted${typed('string')}) {`,
      `  return db.query("select * from records where name = '" + wanted + "'");`,
      '}',
    ],
    [
      `${keyword}function archive${name}(shell${typed('{ run(command: string): unknown }')}, folder${typed('string')}) {`,
      `  return shell.run('tar czf backup.tgz ' + folder);`,
      '}',
    ],
  ];
}

/** Lines put in before a line; the last `count` of them, from `skip` on, are the fault. */
function inserted(file: SourceFile, at: number, lines: readonly string[], count: number, skip = 0): PlantedFault {
  const place: LabelPlace = { file: file.path, lines: [at + skip + 1, at + skip + count] };
  const files = new Map([[file.path, [...file.lines.slice(0, at), ...lines, ...file.lines.slice(at)]]]);
  return { files, places: [place], isUntested: false };
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
