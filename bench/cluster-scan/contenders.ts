import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workloadKinds } from '../../src/evidence/workloads/collect-workloads.ts';
import { apiPath } from '../../src/kubernetes/api-path.ts';
import type { MeasuredCommand } from '../measured-process.ts';

type Contender = Omit<MeasuredCommand, 'outputFile'>;

/** What nodemend does, and the plain download of the pages that it reads. */
export interface Pair {
  readonly what: string;
  readonly nodemend: Contender;
  /** Of both that succeeded. */
  readonly exitCodes: readonly number[];
  readonly download: Contender;
}

const root = join(import.meta.dirname, '..', '..');

/** How answers travel: as nodemend asks for them by default, or unpacked. */
export type Encoding = 'gzip' | 'plain';

/** The bench's own program; `pairs` finds it bundled. */
export const programs = { download: 'cluster-scan/download.ts' } as const;

export interface PairsOptions {
  readonly kubeconfig: string;
  readonly encoding: Encoding;
  /** Where the program is. */
  readonly bundles: string;
}

export function pairs({ kubeconfig, encoding, bundles }: PairsOptions): readonly Pair[] {
  // Of the user only the cache of compiled code takes part.
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
    XDG_CONFIG_HOME: bundles,
  };
  return [
    {
      what: 'nodemend diagnose',
      // As bin/nodemend starts it, without its look for sources that are newer than the bundle.
      nodemend: {
        program: process.execPath,
        args: [
          ...launcherFlags(),
          join(root, 'dist/main.js'),
          'diagnose',
          '--kubeconfig',
          kubeconfig,
          '--output',
          'json',
        ],
        env,
      },
      // 3: some pulls fail.
      exitCodes: [3],
      download: {
        program: process.execPath,
        args: [...launcherFlags(), join(bundles, 'download.mjs'), kubeconfig, encoding, ...read],
      },
    },
  ];
}

/** What a diagnosis with a kubeconfig alone reads. */
const read = [
  '/api/v1/nodes',
  '/api/v1/pods',
  `/api/v1/events?fieldSelector=${encodeURIComponent('involvedObject.kind=Pod,type=Warning')}`,
  ...workloadKinds.map(({ group, version, resource }) => apiPath({ group, version, resource })),
];

/** What a launcher of nodemend gives to Node. */
export function launcherFlags(launcher = 'bin/nodemend'): readonly string[] {
  const line = /^exec "\$\S+" (?<flags>.*)"\$\w+\/dist\/main\.js" "\$@"$/mu.exec(
    readFileSync(join(root, launcher), 'utf8'),
  );
  if (!line) throw new Error(`${launcher} starts Node in another way than this bench knows`);
  return (line.groups?.['flags'] ?? '').trim().split(/\s+/u).filter(Boolean);
}
