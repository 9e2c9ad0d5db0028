export { counted } from './counted.ts';
export { cut } from './cut.ts';
export { printable, printableJSON, printableLines } from './printable.ts';
export { show } from './show.ts';
export { thrownText } from './thrown-text.ts';
export { visible, visibleLines } from './visible-text.ts';
