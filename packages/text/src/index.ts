export { cut } from './cut.ts';
export { show } from './show.ts';
export { thrownText } from './thrown-text.ts';
