import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { rawTextPlugin } from '../../scripts/build/raw-text-plugin.ts';

const root = join(import.meta.dirname, '..', '..');

/** Bundles this bench's own programs as nodemend is bundled: what Node spends on hundreds of TypeScript files is nobody's work here. */
export async function bundlePrograms(target: string, names: readonly string[]): Promise<void> {
  await using bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(names.map((name) => [name, join(import.meta.dirname, `${name}.ts`)])),
    platform: 'node',
    plugins: [rawTextPlugin(root)],
    checks: { preferBuiltinFeature: false },
  });
  await bundle.write({ dir: target, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs', comments: false });
}
