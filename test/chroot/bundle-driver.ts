import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles the kill driver into one file, with scripts as text, so that each of hundreds of processes starts quickly. */
export async function bundleDriver(folder: string): Promise<string> {
  const outfile = join(folder, 'kill-driver.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'kill-driver.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
    plugins: [
      {
        name: 'raw',
        setup: (plugin) => {
          plugin.onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path.slice(0, -'?raw'.length)), namespace: 'raw' }));
          plugin.onLoad({ filter: /.*/, namespace: 'raw' }, async ({ path }) => ({ contents: await readFile(path, 'utf8'), loader: 'text' }));
        },
      },
    ],
  });
  return outfile;
}
