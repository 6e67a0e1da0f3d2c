import manifest from '../../package.json' with { type: 'json' };

/** Of nodemend, as in package.json. */
export const version: string = manifest.version;

/** The image of this version, as `npm run image` calls it; registries have it under other names. */
export const nodemendImage = `localhost/nodemend:${version}`;
