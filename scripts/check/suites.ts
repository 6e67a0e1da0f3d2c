import { root } from '../build/options.ts';
import { guardedSuite } from './guarded-suite.ts';
import type { Need } from './needs.ts';
import { programSuite } from './program-suite.ts';
import { shellFiles } from './shell-files.ts';
import type { Suite } from './suite.ts';
import { typesCache } from './types-cache.ts';
import { vitestSuite } from './vitest-suite.ts';

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
  return [...sourceSuites(), vitestSuite('unit', { quick: true })];
}

/** Everything (`npm run check`), what fails soonest first. */
export function allSuites(): readonly Suite[] {
  return [
    ...sourceSuites(),
    programSuite('shellcheck', ['shellcheck', '-x', '--', ...shellFiles(root)], { needs: ['shellcheck'] }),
    programSuite('dead code', [node, 'node_modules/knip/bin/knip.js', '--no-progress']),
    programSuite('docs are current', ['sh', 'scripts/with-node.sh', 'scripts/docs.ts', '--check']),
    // Half a minute at the most, and the same inputs each time: a red check is somebody's change. `npm run fuzz` has others.
    programSuite('fuzz', ['sh', 'scripts/with-node.sh', 'scripts/fuzz.ts', '--seed', 'check', '--rounds', '1000']),
    guardedSuite('unit', (environment) => vitestSuite('unit', { environment })),
    guardedSuite('root', (environment) =>
      vitestSuite('root', {
        environment,
        again: true,
        needs: realPrograms,
        files: [
          { path: 'scripts/setup/packages.root.test.ts', needs: ['apt'] },
          { path: 'scripts/setup/node.root.test.ts', needs: ['npm registry'] },
        ],
      }),
    ),
    // Once for each hash of their sources, for minutes; then found again. They build, with low priority, while the others run.
    programSuite('programs of the testbed', ['sh', 'scripts/with-node.sh', 'testbed/testbed.ts', 'build'], {
      early: true,
      needs: realCluster,
    }),
    guardedSuite('testbed', (environment) => vitestSuite('testbed', { environment, again: true, needs: realCluster })),
  ];
}
