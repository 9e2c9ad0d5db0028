import manifest from '../package.json' with { type: 'json' };

/** The package's own version. It is read where the package is built, so that a bundle has it, too. */
export const VERSION: string = manifest.version;
