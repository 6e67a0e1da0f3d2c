import type { Project } from '../../test/given-codes/given-by-others.ts';
import { root } from '../build/options.ts';
import type { RunnableSuite } from './divide-suites.ts';
import { givenCodesSuite } from './given-codes.ts';
import { guardedSuite } from './guarded-suite.ts';
import type { Need } from './needs.ts';
import { programSuite } from './program-suite.ts';
import { shellFiles } from './shell-files.ts';
import type { Suite } from './suite.ts';
import { typesCache } from './types-cache.ts';
import { vitestSuite, type VitestOptions } from './vitest-suite.ts';

const node = process.execPath;

/** Of tests with real programs: private roots, practice nodes, networks of their own. */
const realPrograms: readonly Need[] = [
  'root',
  'capabilities',
  'namespaces',
  'mounts',
  'network namespaces',
  'user namespaces',
  'programs',
];
const realCluster: readonly Need[] = [...realPrograms, 'Go', 'a machine for the testbed'];
/** Its disk is made from Debian's packages. */
const virtualMachine: readonly Need[] = ['apt', 'a virtual machine'];

const realProgramsOptions: VitestOptions = {
  again: true,
  needs: realPrograms,
  files: [
    { path: 'scripts/setup/packages.root.test.ts', needs: ['apt'] },
    // Debian's packages of GRUB are fetched into the cache, and installed nowhere.
    { path: 'src/actions/boot-argument/boot-argument.root.test.ts', needs: ['apt'] },
    { path: 'src/actions/boot-argument/contract.root.test.ts', needs: ['apt'] },
    { path: 'src/grub/boot-state.root.test.ts', needs: ['apt'] },
    // The testbed's registry, and its containerd 2.
    { path: 'src/actions/image/contract.root.test.ts', needs: ['Go'] },
    { path: 'src/actions/image/image.root.test.ts', needs: ['Go'] },
    { path: 'src/actions/image/docker.root.test.ts', needs: ['Go'] },
    { path: 'scripts/setup/node.root.test.ts', needs: ['npm registry'] },
  ],
};
const realClusterOptions: VitestOptions = {
  again: true,
  needs: realCluster,
  files: [
    { path: 'testbed/boot.testbed.test.ts', needs: ['apt'] },
    { path: 'test/rolling-reboots/rolling-reboots.testbed.test.ts', needs: ['apt'] },
    { path: 'testbed/vm/virtual-machine.testbed.test.ts', needs: virtualMachine },
  ],
};

/** The compiler as `npm test` runs it: what did not change since the last time is not asked again. */
export function typesCommand(cache: string): readonly [string, ...string[]] {
  return [node, 'node_modules/typescript/bin/tsc', '-p', '.', '--incremental', '--tsBuildInfoFile', cache];
}

/** What a glance at the sources tells. */
function sourceSuites(): readonly Suite[] {
  return [
    programSuite('format', [node, 'node_modules/oxfmt/bin/oxfmt', '--check', '.']),
    programSuite('types', typesCommand(typesCache(root))),
    programSuite('lint', [node, 'node_modules/oxlint/bin/oxlint']),
  ];
}

/** What needs neither root nor Debian packages, in a minute (`npm test`). */
export function quickSuites(): readonly Suite[] {
  return [
    ...sourceSuites(),
    givenCodesSuite(['unit'], (environment) => vitestSuite(['unit'], { environment, quick: true })),
  ];
}

/** Everything (`npm run check`), what fails soonest first. */
export function allSuites(): readonly Suite[] {
  return [
    ...sourceSuites(),
    // Those that work in one thread begin at once, beside each other: one after the other they leave a processor idle.
    programSuite('shellcheck', ['shellcheck', '-x', '--', ...shellFiles(root)], { early: true, needs: ['shellcheck'] }),
    programSuite('dead code', [node, 'node_modules/knip/bin/knip.js', '--no-progress'], { early: true }),
    programSuite('docs are current', ['sh', 'scripts/with-node.sh', 'scripts/docs.ts', '--check']),
    // Half a minute at the most, and the same inputs each time: a red check is somebody's change. `npm run fuzz` has others.
    programSuite('fuzz', ['sh', 'scripts/with-node.sh', 'scripts/fuzz.ts', '--seed', 'check', '--rounds', '1000'], {
      early: true,
    }),
    wholeSuite(['unit'], {}),
    wholeSuite(['root'], realProgramsOptions),
    // Once for each hash of their sources, for minutes; then found again. They build, with low priority, while the others run.
    programSuite('programs of the testbed', ['sh', 'scripts/with-node.sh', 'testbed/testbed.ts', 'build'], {
      early: true,
      needs: realCluster,
    }),
    programSuite('disk of the virtual machine', ['sh', 'scripts/with-node.sh', 'testbed/testbed.ts', 'build-vm'], {
      early: true,
      needs: [...realCluster, ...virtualMachine],
    }),
    wholeSuite(['testbed'], realClusterOptions),
  ];
}

/**
 * Where all of both can run, the suites of real programs and of the real cluster are one: each alone leaves a fifth of
 * two processors idle, waiting for kubelets and clocks. Four files at once fill both, and gain no time: each takes half as
 * long again, and some run into their time. It comes where the second of them was, when the programs that it needs are
 * built. Under one guard: what one of them does to the machine would be found at the end of the other.
 */
export function besideEachOther(suites: readonly RunnableSuite[]): readonly RunnableSuite[] {
  const pair = suites.filter(({ suite }) => suite.name === 'root' || suite.name === 'testbed');
  const [first, second] = pair;
  if (first === undefined || second === undefined) return suites;
  const environment = { NODEMEND_TEST_WORKERS: '3' };
  const both = wholeSuite(['root', 'testbed'], { ...realClusterOptions, environment });
  const joined = { suite: both, without: pair.flatMap(({ without }) => without) };
  return suites.filter((one) => one !== first).map((one) => (one === second ? joined : one));
}

/** Projects with all their files, on a machine that they leave as it was, and with the error codes that are their own. */
function wholeSuite(projects: readonly Project[], options: VitestOptions): Suite {
  return guardedSuite((guard) =>
    givenCodesSuite(projects, (codes) =>
      vitestSuite(projects, { ...options, environment: { ...options.environment, ...guard, ...codes } }),
    ),
  );
}
