import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { lazyBuiltinPlugin } from './lazy-builtin-plugin.ts';
import { nativeStubPlugin } from './native-stub-plugin.ts';
import { rawTextPlugin } from './raw-text-plugin.ts';

export const root: string = join(import.meta.dirname, '..', '..');

/** Of nodemend, as in package.json. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version;
}

/**
 * How the command line is bundled: ES modules, one chunk for each part that is loaded lazily. Names and white space stay, so
 * that a stack trace can be read; the same sources give the same bytes wherever the checkout is.
 */
export function bundleOptions(target: string): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: entryPoints(),
    outdir: target,
    bundle: true,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: 'node24',
    // esbuild would compile such an expression anew at each use.
    supported: { 'regexp-unicode-property-escapes': true },
    minifySyntax: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [rawTextPlugin(root), nativeStubPlugin, lazyBuiltinPlugin],
    // A package in CommonJS form (ssh2) asks where it is.
    define: { __dirname: 'import.meta.dirname' },
    banner: { js: `// nodemend ${version()}, Apache-2.0. Parts by others: THIRD-PARTY-NOTICES.txt` },
  };
}

/** Programs of the bundle by the name of their file. The lab's daemon is found beside the main one. */
function entryPoints(): Readonly<Record<string, string>> {
  const all = { main: 'src/cli/start.ts', 'lab-daemon': 'lab/daemon.ts' };
  return Object.fromEntries(Object.entries(all).filter(([, file]) => existsSync(join(root, file))));
}
