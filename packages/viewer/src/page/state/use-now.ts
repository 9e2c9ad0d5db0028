import { useEffect, useState } from 'preact/hooks';

/** The time, told again every half a second while it matters. */
export function useNow(isGoingOn: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isGoingOn) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isGoingOn]);
  return now;
}
