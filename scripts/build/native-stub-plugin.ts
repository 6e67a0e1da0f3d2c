import type { Plugin } from 'rolldown';

const mark = '\0native-stub:';

/**
 * ssh2 tries two optional native modules inside try/catch and does without them (lib/protocol/crypto.js, constants.js).
 * A bundle cannot carry native code, so both become a module that throws, as if they were not installed.
 */
export const nativeStubPlugin: Plugin = {
  name: 'native-stub',
  resolveId(source) {
    return source === 'cpu-features' || source.endsWith('.node') ? `${mark}${source}.cjs` : null;
  },
  load(id) {
    if (!id.startsWith(mark)) return null;
    const reason = `${id.slice(mark.length)} is native code and not part of the bundle`;
    return { code: `throw new Error(${JSON.stringify(reason)});`, moduleType: 'js' };
  },
};
