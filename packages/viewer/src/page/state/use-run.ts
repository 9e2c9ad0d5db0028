import { useEffect, useState } from 'preact/hooks';
import type { RunView } from '../../model/run-view.ts';
import type { ViewSource } from '../../model/view-source.ts';
import { onceReleased } from './presses.ts';
import { messageOf } from './use-loaded.ts';

/** A run while it is followed: what is known of it so far, and what went wrong with the following. */
export interface FollowedRun {
  view: RunView | null;
  failure: string | null;
}

/** Follows a run for as long as it is shown. Views come no faster than they can be drawn. */
export function useRun(source: ViewSource, id: string): FollowedRun {
  const [followed, setFollowed] = useState<FollowedRun & { id: string }>({ id, view: null, failure: null });
  useEffect(() => {
    const controller = new AbortController();
    let newest: RunView | null = null;
    let frame = 0;
    const draw = () => {
      frame = 0;
      if (!controller.signal.aborted) setFollowed({ id, view: newest, failure: null });
    };
    const onRun = (view: RunView) => {
      newest = view;
      frame ||= requestAnimationFrame(() => onceReleased(draw));
    };
    source.followRun(id, onRun, controller.signal).catch((error) => {
      if (!controller.signal.aborted) setFollowed({ id, view: newest, failure: messageOf(error) });
    });
    return () => {
      cancelAnimationFrame(frame);
      controller.abort();
    };
  }, [source, id]);
  return followed.id === id ? followed : { view: null, failure: null };
}
