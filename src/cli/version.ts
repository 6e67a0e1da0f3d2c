import manifest from '../../package.json' with { type: 'json' };

/** Of nodemend, as in package.json. */
export const version: string = manifest.version;
