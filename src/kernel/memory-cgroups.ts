import type { Fact } from '../evidence/fact.ts';
import type { ProbedText } from '../runtimes/probed-text.ts';
import { parseRelease, type KernelRelease } from './release.ts';
import script from './memory-cgroups.sh?raw';

/** A row of `/proc/cgroups`. */
interface Controller {
  /** 0: on no hierarchy of version 1. */
  readonly hierarchy: number;
  /** Cgroups that are, and those that were removed and are still charged. */
  readonly cgroups: number;
  readonly enabled: boolean;
}

export interface MemoryCgroups {
  /** As `uname -r` prints it. */
  readonly release: string;
  /** Undefined for a name that is not made as the kernel's are. */
  readonly parsed: KernelRelease | undefined;
  /** Those of the running kernel that have to do with memory cgroups. */
  readonly bootArguments: readonly string[];
  /** Since the boot, seconds. */
  readonly uptime: number;
  /** By name: memory, cpu, pids. A kernel without version 1 has none. */
  readonly controllers: ReadonlyMap<string, Controller>;
  /** Of `/proc/meminfo`, KiB: MemTotal, MemAvailable, Slab, SUnreclaim. */
  readonly memory: ReadonlyMap<string, number>;
  /** Under which version the memory controller is mounted; undefined when it is nowhere. */
  readonly version: 1 | 2 | undefined;
  /**
   * What `memory.kmem.slabinfo` of the pods' cgroup gives: a `table` where kernel memory is accounted, `refused` where it
   * is not (3.x, 4.x), `empty` on newer kernels, whatever they do. Undefined without pods, or under version 2.
   */
  readonly slabinfo: 'table' | 'empty' | 'refused' | 'absent' | undefined;
  /** Version 2: removed cgroups that are still charged. */
  readonly dying: number | undefined;
}

export const memoryCgroups: Fact<MemoryCgroups> = {
  key: 'kernel/memory-cgroups',
  ahead: true,
  script,
  parse: parseMemoryCgroups,
};

const linePattern =
  /^(?:release \S+|argument \S+|uptime \d+(?:\.\d+)?|controller \w+ \d+ \d+ [01]|memory \w+ \d+|mount v[12] \/\S*|slabinfo (?:table|empty|refused|absent)|dying \d+)$/u;

/** Takes apart what memory-cgroups.sh prints. */
function parseMemoryCgroups({ text, truncated }: ProbedText): MemoryCgroups | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const valuesOf = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const [release] = valuesOf('release');
  const [uptime] = valuesOf('uptime');
  if (release === undefined || uptime === undefined) return undefined;
  const [dying] = valuesOf('dying');
  const [slabinfo] = valuesOf('slabinfo');
  return {
    release,
    parsed: parseRelease(release),
    bootArguments: valuesOf('argument'),
    uptime: Number(uptime),
    controllers: new Map(valuesOf('controller').map(controllerOf)),
    memory: new Map(valuesOf('memory').map((value) => numberOf(value.split(' ')))),
    version: versionOf(valuesOf('mount')),
    slabinfo: slabinfo as MemoryCgroups['slabinfo'],
    dying: dying === undefined ? undefined : Number(dying),
  };
}

function controllerOf(value: string): readonly [string, Controller] {
  const [name = '', hierarchy, cgroups, enabled] = value.split(' ');
  return [name, { hierarchy: Number(hierarchy), cgroups: Number(cgroups), enabled: enabled === '1' }];
}

function numberOf([name = '', value]: readonly string[]): readonly [string, number] {
  return [name, Number(value)];
}

/** A node with both has the memory controller under version 1: a controller has one hierarchy. */
function versionOf(mounts: readonly string[]): 1 | 2 | undefined {
  if (mounts.some((mount) => mount.startsWith('v1 '))) return 1;
  return mounts.length > 0 ? 2 : undefined;
}
