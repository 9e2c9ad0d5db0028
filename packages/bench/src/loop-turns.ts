/**
 * The longest turn of Node's loop while work goes on, in processor time of the main thread: however busy the machine is, it is
 * the same.
 */
export async function turnsOf(work: () => Promise<unknown>): Promise<{ longestMs: number }> {
  let [longestMs, isOver, last] = [0, false, spentMs()];
  const look = () => {
    const now = spentMs();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  try {
    await work();
  } finally {
    isOver = true;
  }
  look();
  return { longestMs };
}

function spentMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
