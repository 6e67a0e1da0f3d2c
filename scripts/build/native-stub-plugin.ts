import type { Plugin } from 'esbuild';

/**
 * ssh2 tries two optional native modules inside try/catch and does without them (lib/protocol/crypto.js, constants.js). A
 * bundle cannot carry native code, so both become a module that throws, as if they were not installed.
 */
export const nativeStubPlugin: Plugin = {
  name: 'native-stub',
  setup(build) {
    build.onResolve({ filter: /^cpu-features$|\.node$/ }, ({ path }) => ({ path, namespace: 'native-stub' }));
    build.onLoad({ filter: /.*/, namespace: 'native-stub' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is native code and not part of the bundle`)});`,
      loader: 'js',
    }));
  },
};
