import { defineConfig } from 'vitest/config';

const folders = '{src,lab,testbed,tools,scripts,bench,test}';

/**
 * `unit` needs neither root nor packages and stays under a minute; `root` uses real sshd, logrotate, namespaces; `testbed` a real
 * cluster, whose programs take minutes to build the first time.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${folders}/**/*.test.ts`],
          exclude: ['**/*.root.test.ts', '**/*.testbed.test.ts', '**/node_modules/**'],
          // A busy machine is no failure.
          testTimeout: 20_000,
          // Without it one processor is left idle, which is half of a small machine.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'root',
          include: [`${folders}/**/*.root.test.ts`],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'testbed',
          include: [`${folders}/**/*.testbed.test.ts`],
          setupFiles: ['testbed/testing/failed-tests.ts'],
          testTimeout: 180_000,
          // Building the programs for the first time is in it.
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
