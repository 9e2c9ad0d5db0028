export { FileError } from './file-error.ts';
export { type FoundFiles, findByGlob, type GlobRequest } from './find-by-glob.ts';
export { isInside } from './inside.ts';
export { type Look, manyAtOnce } from './many-at-once.ts';
export { RegularFile, readRegularFile, regularFileSize } from './regular-file.ts';
export { type UnsafeReason, unsafeFolder, unsafeStats } from './safe-folder.ts';
export { readSmallFile, sizeNow } from './small-file.ts';
