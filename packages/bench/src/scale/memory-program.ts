import { memoryMb, treeOf } from './process-tree.ts';

// Looks at the memory of a process and of all below it, without this process and those that are named, and tells the most over
// IPC when it is asked. To look at a process takes a third of a millisecond: with two thousand of them, whoever looks once a
// second, on the processors that are measured, takes half of one for himself.

/** Share of one processor that may go into looking. */
const SHARE = 0.05;
const LEAST_WAIT_MS = 1000;

const [root = 0, ...others] = process.argv.slice(2).map(Number);
let mostMb = 0;

function look(): void {
  const before = process.cpuUsage();
  mostMb = Math.max(mostMb, memoryMb(treeOf(root, [process.pid, ...others])));
  const { user, system } = process.cpuUsage(before);
  setTimeout(look, Math.max(LEAST_WAIT_MS, (user + system) / 1000 / SHARE));
}

process.on('message', () => process.send?.(mostMb));
process.on('disconnect', () => process.exit());
setTimeout(look, LEAST_WAIT_MS);
