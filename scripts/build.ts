import { execa } from 'execa';

// Every package importable from its dist.
await execa({ stdio: 'inherit' })`pnpm --recursive build`;
