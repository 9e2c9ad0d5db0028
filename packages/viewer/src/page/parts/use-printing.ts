import { useEffect, useState } from 'preact/hooks';

/** Whether the page is on its way to paper, where nothing scrolls. */
export function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const print = matchMedia('print');
    const look = () => setPrinting(print.matches);
    look();
    print.addEventListener('change', look);
    return () => print.removeEventListener('change', look);
  }, []);
  return isPrinting;
}
