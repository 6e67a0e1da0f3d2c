import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { esModulesFirst } from '../../scripts/build/es-modules-first.ts';
import { nativeStubPlugin } from '../../scripts/build/native-stub-plugin.ts';
import { root } from '../../scripts/build/options.ts';
import { rawTextPlugin } from '../../scripts/build/raw-text-plugin.ts';

/**
 * Bundles the kill driver into one file, with scripts as text, so that each of hundreds of processes starts quickly.
 */
export async function bundleDriver(folder: string): Promise<string> {
  const file = join(folder, 'kill-driver.mjs');
  await using bundle = await rolldown({
    input: join(import.meta.dirname, 'kill-driver.ts'),
    platform: 'node',
    resolve: esModulesFirst,
    plugins: [rawTextPlugin(root), nativeStubPlugin],
    transform: { define: { __dirname: 'import.meta.dirname' } },
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  return file;
}
