import { execa } from 'execa';

// Every published package importable from its dist.
await execa({ stdio: 'inherit' })`tsdown`;
