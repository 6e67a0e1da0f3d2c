import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { esModulesFirst } from '../scripts/build/es-modules-first.ts';
import { jsonTextPlugin } from '../scripts/build/json-text-plugin.ts';
import { nativeStubPlugin } from '../scripts/build/native-stub-plugin.ts';
import { rawTextPlugin } from '../scripts/build/raw-text-plugin.ts';

const root = join(import.meta.dirname, '..');

/**
 * Bundles programs of a bench (a file of `bench/` for each name) as nodemend is bundled: what Node spends on hundreds
 * of TypeScript files is nobody's work here. They become `<target>/<name>.mjs`.
 */
export async function bundlePrograms(target: string, programs: Readonly<Record<string, string>>): Promise<void> {
  await using bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(Object.entries(programs).map(([name, file]) => [name, join(import.meta.dirname, file)])),
    platform: 'node',
    resolve: esModulesFirst,
    plugins: [rawTextPlugin(root), jsonTextPlugin, nativeStubPlugin],
    checks: { preferBuiltinFeature: false },
    transform: { target: 'node24', define: { __dirname: 'import.meta.dirname' } },
  });
  await bundle.write({
    dir: target,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    comments: false,
  });
}
