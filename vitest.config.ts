import { defineConfig } from 'vitest/config';

/** `unit` needs neither root nor packages and stays under a minute; `root` uses real sshd, logrotate, namespaces. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'lab/**/*.test.ts', 'testbed/**/*.test.ts', 'tools/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.root.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'root',
          include: ['src/**/*.root.test.ts', 'lab/**/*.root.test.ts', 'test/**/*.root.test.ts', 'scripts/**/*.root.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
