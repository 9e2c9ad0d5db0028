import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** Scrolls along with a list that grows, for as long as somebody is at its end: never for who looks at something else. */
export function useFollowEnd(box: { current: HTMLElement | null }, size: number, isGrowing: boolean): void {
  const isAtEnd = useRef<boolean | null>(null);
  useEffect(() => {
    const element = box.current;
    const onScroll = () => {
      isAtEnd.current = element !== null && atEnd(element);
    };
    element?.addEventListener('scroll', onScroll);
    return () => element?.removeEventListener('scroll', onScroll);
  });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (isGrowing && isAtEnd.current) element.scrollTop = element.scrollHeight;
    isAtEnd.current ??= atEnd(element);
  }, [size, isGrowing]);
}

function atEnd({ scrollTop, clientHeight, scrollHeight }: HTMLElement): boolean {
  return scrollTop + clientHeight >= scrollHeight - 4;
}
