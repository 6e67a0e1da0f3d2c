import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/check/longest-first.ts';

// People are told times in their own zone; what tests expect is written in one.
process.env['TZ'] = 'UTC';

const folders = '{src,lab,testbed,tools,scripts,bench,test}';

/** They compare the whole machine with what it was before, or count its processes: nothing else may run meanwhile. */
const wholeMachine = [
  'src/kernel/kernel-facts.root.test.ts',
  'lab/canary.root.test.ts',
  'lab/side-by-side.root.test.ts',
  'src/problems/container-logs/probe.root.test.ts',
];
/** What they expect is a time, or a share of it or of memory, which others would make worse. */
const measuring = ['bench/{fan-out,measured-process,probe-cost,start-up}.root.test.ts'];
const measuringTestbed = ['bench/drain-preflight.testbed.test.ts'];

/**
 * What this run leaves out, patterns divided by commas (`scripts/check/vitest-suite.ts`): vitest's own `--exclude` does
 * not reach projects.
 */
const leftOut = (process.env['NODEMEND_TEST_WITHOUT'] ?? '').split(',').filter((pattern) => pattern !== '');
const never = ['**/node_modules/**', ...leftOut];

const givenCodes = 'test/given-codes/record.ts';

const sameInputs = 'test/same-inputs.ts';

const keepCompiled = 'test/keep-compiled.ts';

/**
 * Node imports the sources itself, as it does in `scripts/with-node.sh`: to be sent each module by vite took 43 processor
 * seconds of 66 small files with a process each, which are 37 with what is compiled already; 190 files with real programs,
 * without their tests, took 112, which are 98.
 * Without vite there are no mocks of modules, which no test has: what is under test is real.
 */
const importedByNode = {
  experimental: { viteModuleRunner: false, nodeLoader: false },
  execArgv: ['--disable-warning=ExperimentalWarning', '--import', join(import.meta.dirname, 'scripts/own-imports.ts')],
};

const root = {
  ...importedByNode,
  setupFiles: [keepCompiled, givenCodes, sameInputs],
  testTimeout: 60_000,
  hookTimeout: 120_000,
};
const testbed = {
  ...importedByNode,
  setupFiles: [keepCompiled, 'testbed/testing/failed-tests.ts', 'testbed/testing/place.ts', givenCodes],
  testTimeout: 180_000,
  // Building the programs for the first time is in it.
  hookTimeout: 900_000,
};
/**
 * These tests wait as well as work: two files at once nearly fill two processors, and three do where real programs and
 * the real cluster run beside each other (`scripts/check/suites.ts`).
 */
const someAtOnce = { maxWorkers: Number(process.env['NODEMEND_TEST_WORKERS'] ?? 2) };
const oneAtATime = { fileParallelism: false };

/**
 * `unit` needs neither root nor packages and stays under a minute; `root` uses real sshd, logrotate, namespaces;
 * `testbed` a real cluster, whose programs take minutes to build the first time. What runs alone runs when all else is
 * done.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${folders}/**/*.test.ts`],
          exclude: ['**/*.root.test.ts', '**/*.testbed.test.ts', ...never],
          setupFiles: ['test/put-back.ts', keepCompiled, givenCodes, sameInputs],
          // A busy machine is no failure.
          testTimeout: 20_000,
          hookTimeout: 60_000,
          ...importedByNode,
          // A process for each of 500 files took two fifths of this suite's processor time.
          isolate: false,
          // Without it one processor is left idle, which is half of a small machine.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'root',
          include: [`${folders}/**/*.root.test.ts`],
          exclude: [...wholeMachine, ...measuring, ...never],
          sequence: { groupOrder: 1 },
          ...root,
          ...someAtOnce,
        },
      },
      {
        test: {
          name: 'root-alone',
          include: [...wholeMachine, ...measuring],
          exclude: never,
          sequence: { groupOrder: 2 },
          ...root,
          ...oneAtATime,
        },
      },
      {
        test: {
          name: 'testbed',
          include: [`${folders}/**/*.testbed.test.ts`],
          exclude: [...measuringTestbed, ...never],
          sequence: { groupOrder: 1 },
          ...testbed,
          ...someAtOnce,
        },
      },
      {
        test: {
          name: 'testbed-alone',
          include: measuringTestbed,
          exclude: never,
          sequence: { groupOrder: 3 },
          ...testbed,
          ...oneAtATime,
        },
      },
    ],
  },
});
