import { PACKED_FOLDER } from '../../../../../scripts/tarballs.ts';

/** What of Node's has a program import this repository's packages: as published where the suite has built them, which start sooner. */
export const PACKAGES = process.env[PACKED_FOLDER] ? [] : ['--conditions=@rlm-bridge/source'];
