import { execa } from 'execa';

// `npm run bench` prints every table; `npm run bench -- fidelity local` (or `pnpm bench fidelity local`) one, with its arguments.
const [chosen, ...options] = process.argv.slice(2);
const tables =
  chosen === undefined
    ? [
        'fidelity',
        'overhead',
        'sandbox',
        'stops',
        'coverage',
        'journal',
        'scale',
        'viewer',
        'assess',
        'evidence',
        'estimate',
      ]
    : [chosen];
for (const table of tables) await execa({ stdio: 'inherit' })`pnpm --filter @rlm-bridge/bench ${table} ${options}`;
