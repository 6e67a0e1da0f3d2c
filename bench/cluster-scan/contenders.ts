import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MeasuredCommand } from '../measured-process.ts';

type Contender = Omit<MeasuredCommand, 'outputFile'>;

/** A part of nodemend, and the plain download of the pages that it reads. */
export interface Pair {
  readonly what: string;
  /** Whether the design's bar for the time is meant for it. */
  readonly barred: boolean;
  readonly nodemend: Contender;
  /** Of both that succeeded. */
  readonly exitCodes: readonly number[];
  readonly download: Contender;
}

const root = join(import.meta.dirname, '..', '..');

/** How answers travel: as nodemend asks for them by default, or unpacked. */
export type Encoding = 'gzip' | 'plain';

/** The bench's own programs; `pairs` finds them bundled. */
export const programs = { download: 'cluster-scan/download.ts', scan: 'cluster-scan/scan.ts' } as const;

export interface PairsOptions {
  readonly kubeconfig: string;
  readonly encoding: Encoding;
  /** Where the programs are. */
  readonly bundles: string;
}

export function pairs({ kubeconfig, encoding, bundles }: PairsOptions): readonly Pair[] {
  const node = (name: keyof typeof programs, ...args: readonly string[]): Contender => {
    return { program: process.execPath, args: [...launcherFlags(), join(bundles, `${name}.mjs`), kubeconfig, ...args] };
  };
  const download = (...paths: readonly string[]): Contender => node('download', encoding, ...paths);
  // Of the user only the cache of compiled code takes part.
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'], XDG_CONFIG_HOME: bundles };
  return [
    {
      // It reads nodes alone as long as no problem looks at pods: a second, of which its start and its output are a good part.
      what: 'nodemend diagnose',
      barred: false,
      // As bin/nodemend starts it, without its look for sources that are newer than the bundle.
      nodemend: { program: process.execPath, args: [...launcherFlags(), join(root, 'dist/main.js'), 'diagnose', '--kubeconfig', kubeconfig, '--output', 'json'], env },
      // 5: no node was gone onto, so some checks say that they were not looked at.
      exitCodes: [0, 5],
      download: download('/api/v1/nodes'),
    },
    {
      what: 'nodes and pods',
      barred: true,
      nodemend: node('scan'),
      exitCodes: [0],
      download: download('/api/v1/nodes', '/api/v1/pods'),
    },
  ];
}

/** What a launcher of nodemend gives to Node. */
export function launcherFlags(launcher = 'bin/nodemend'): readonly string[] {
  const line = /^exec "\$\S+" (?<flags>.*)"\$\w+\/dist\/main\.js" "\$@"$/mu.exec(readFileSync(join(root, launcher), 'utf8'));
  if (!line) throw new Error(`${launcher} starts Node in another way than this bench knows`);
  return (line.groups?.['flags'] ?? '').trim().split(/\s+/u).filter(Boolean);
}
