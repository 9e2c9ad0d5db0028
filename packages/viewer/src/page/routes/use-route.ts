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
