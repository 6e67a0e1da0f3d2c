import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InputOptions, OutputOptions } from 'rolldown';
import { coreModules } from './core-modules.ts';
import { esModulesFirst } from './es-modules-first.ts';
import { jsonTextPlugin } from './json-text-plugin.ts';
import { lazyBuiltinPlugin } from './lazy-builtin-plugin.ts';
import { nativeStubPlugin } from './native-stub-plugin.ts';
import { rawTextPlugin } from './raw-text-plugin.ts';
import { wordsPlugin } from './words-plugin.ts';

export const root: string = join(import.meta.dirname, '..', '..');

/** Of nodemend, as in package.json. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version;
}

export interface BundleOptions {
  readonly input: InputOptions;
  readonly output: OutputOptions;
}

/**
 * How the command line is bundled: ES modules, one for what every command needs and one for each part that is loaded
 * lazily. Names and white space stay, so that a stack trace can be read; the same sources give the same bytes wherever
 * the checkout is.
 */
export function bundleOptions(maps: boolean): BundleOptions {
  const core = coreModules(join(root, 'src/cli/main.ts'));
  return {
    input: {
      cwd: root,
      input: entryPoints(),
      platform: 'node',
      plugins: [
        rawTextPlugin(root),
        wordsPlugin(root),
        jsonTextPlugin,
        nativeStubPlugin,
        lazyBuiltinPlugin,
        core.plugin,
      ],
      resolve: esModulesFirst,
      checks: { preferBuiltinFeature: false },
      // A package in CommonJS form (ssh2) asks where it is.
      transform: { target: 'node24', define: { __dirname: 'import.meta.dirname' } },
    },
    output: {
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
      codeSplitting: { groups: [{ name: 'core', test: (id) => core.has(id) }] },
      minify: { compress: true, mangle: false, codegen: false },
      comments: false,
      sourcemap: maps,
      sourcemapExcludeSources: true,
      banner: `// nodemend ${version()}, Apache-2.0. Parts by others: THIRD-PARTY-NOTICES.txt`,
    },
  };
}

/** Programs of the bundle by the name of their file. The lab's daemon is found beside the main one. */
function entryPoints(): Record<string, string> {
  const all = { main: 'src/cli/start.ts', 'lab-daemon': 'lab/daemon.ts' };
  return Object.fromEntries(Object.entries(all).filter(([, file]) => existsSync(join(root, file))));
}
