import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { nativeStubPlugin } from './native-stub-plugin.ts';
import { rawTextPlugin } from './raw-text-plugin.ts';

export const root: string = join(import.meta.dirname, '..', '..');

/** Programs of the bundle by the name of their file; what does not exist in the tree yet is left out. */
export function entryPoints(): Readonly<Record<string, string>> {
  const all = { main: 'src/cli/start.ts', 'lab-daemon': 'lab/daemon.ts' };
  return Object.fromEntries(Object.entries(all).filter(([, file]) => existsSync(join(root, file))));
}

export function version(): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version;
}

/**
 * What every bundle has in common. Names and white space stay, so that a stack trace can be read; the same sources give the
 * same bytes.
 */
export function commonOptions(): BuildOptions {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    minifySyntax: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [rawTextPlugin(root), nativeStubPlugin],
  };
}
