import { defineConfig } from 'vitest/config';

const folders = '{src,lab,testbed,tools,scripts,bench,test}';

/** `unit` needs neither root nor packages and stays under a minute; `root` uses real sshd, logrotate, namespaces. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${folders}/**/*.test.ts`],
          exclude: ['**/*.root.test.ts', '**/node_modules/**'],
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
    ],
  },
});
