import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../build/options.ts';
import { missingCapabilities } from '../../testbed/node/capability.ts';
import type { KernelTrial, Machine } from './machine.ts';

/** Why a need is not met, in a few words; undefined when it is. */
type Look = (machine: Machine) => string | undefined;

const looks = {
  root: ({ platform, uid }) => {
    if (platform !== 'linux') return `Linux (this is ${platform})`;
    return uid === 0 ? undefined : `root (this is uid ${uid})`;
  },
  shellcheck: ({ hasProgram }) => missingPrograms([['shellcheck', 'shellcheck']], hasProgram),
  /** All of `packages.txt`, whatever brought them, but those of the next line. */
  programs: ({ hasProgram }) => missingPrograms(packageTable(false), hasProgram),
  'a virtual machine': ({ hasProgram }) => missingPrograms(packageTable(true), hasProgram),
  capabilities: ({ platform, status }) => {
    const missing = platform === 'linux' ? missingCapabilities(status()) : [];
    return missing.length === 0 ? undefined : missing.map((name) => `CAP_${name.toUpperCase()}`).join(' and ');
  },
  namespaces: kernel('namespaces'),
  mounts: kernel('mounts'),
  'network namespaces': kernel('network-namespaces'),
  'user namespaces': kernel('user-namespaces'),
  /** Disks of nodes are loop devices, and nodes need the controllers of cgroups. */
  'a machine for the testbed': ({ testbedProblem }) => because('a machine for the testbed', testbedProblem()),
  apt: ({ hasProgram }) =>
    missingPrograms(
      [
        ['apt-get', 'apt'],
        ['dpkg-query', 'dpkg'],
      ],
      hasProgram,
    ),
  'npm registry': ({ tryProgram }) => because('the npm registry', tryProgram('npm', 'ping', '--loglevel=error')),
  /** Without it pip fetches one. */
  Go: ({ hasProgram, tryProgram }) =>
    hasProgram('go') || tryProgram('python3', '-m', 'pip', '--version') === undefined
      ? undefined
      : 'Go, or pip (python3-pip)',
} as const satisfies Readonly<Record<string, Look>>;

/** What a suite, or one of its files, can need of the machine beside Node and this checkout. */
export type Need = keyof typeof looks;

/**
 * What of the needs this machine does not have, each in a few words. What only root can have is not tried by others:
 * they lack root.
 */
export function missingNeeds(needs: readonly Need[], machine: Machine): readonly string[] {
  const asked = needs.includes('root') && looks.root(machine) !== undefined ? needs.filter(isOfAnyUser) : needs;
  return asked.flatMap((need) => looks[need](machine) ?? []);
}

function isOfAnyUser(need: Need): boolean {
  return need === 'root' || need === 'programs' || need === 'shellcheck';
}

function kernel(what: KernelTrial): Look {
  return ({ tryKernel }) => because(what.replace('-', ' '), tryKernel(what));
}

function because(what: string, reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : `${what} (${reason})`;
}

function missingPrograms(
  wanted: readonly (readonly [program: string, debianPackage: string])[],
  hasProgram: Machine['hasProgram'],
): string | undefined {
  const missing = wanted.filter(([program]) => !hasProgram(program));
  if (missing.length === 0) return undefined;
  return `programs of the Debian packages ${missing.map(([, name]) => name).join(' ')}`;
}

/** Programs and the packages that bring them, by `packages.txt`: those of the virtual machine, or all others. */
function packageTable(ofVm: boolean): readonly (readonly [program: string, debianPackage: string])[] {
  return readFileSync(join(root, 'scripts/packages.txt'), 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter(([, , sets]) => (sets === 'vm') === ofVm)
    .flatMap(([name = '', program]) => (program === undefined ? [] : [[program, name] as const]));
}
