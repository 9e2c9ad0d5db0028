import { useEffect, useState } from 'preact/hooks';
import { addressOf, type Route, routeOf } from './route.ts';

/** The place that the page is at, by its address: back and forward, and links that somebody copied, lead there too. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const onChange = () => setRoute(routeOf(location.hash));
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return route;
}

export function goTo(route: Route): void {
  location.hash = addressOf(route);
}

/** Goes there without a step for the back button, as while somebody looks around in one view. */
export function moveTo(route: Route): void {
  history.replaceState(null, '', addressOf(route));
  dispatchEvent(new HashChangeEvent('hashchange'));
}
