import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * `import text from './x.sh?raw'` becomes the file's text inside the bundle. The module is named by its path inside the
 * checkout, so that the bundle does not depend on where that is.
 */
export function rawTextPlugin(root: string): Plugin {
  return {
    name: 'raw-text',
    setup(build) {
      build.onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
        path: relative(root, resolve(resolveDir, path.slice(0, -'?raw'.length))),
        namespace: 'raw-text',
      }));
      build.onLoad({ filter: /.*/, namespace: 'raw-text' }, async ({ path }) => ({
        contents: await readFile(join(root, path), 'utf8'),
        loader: 'text',
      }));
    },
  };
}
