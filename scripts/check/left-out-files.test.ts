import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../build/options.ts';

/** What vitest would run of this folder and of the set-up's, by its own configuration. */
function files(project: string, without: string): readonly string[] {
  const { stdout } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'list', '--filesOnly', '--json', `--project=${project}`, 'scripts/'],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NODEMEND_TEST_WITHOUT: without } },
  );
  return (JSON.parse(stdout) as { readonly file: string }[]).map(({ file }) => relative(root, file));
}

it('what a machine cannot run, and what npm test leaves to the check, is not run', { timeout: 60_000 }, () => {
  const long = 'scripts/check/vitest-report.long.test.ts';
  expect(files('unit', '')).toContain(long);
  expect(files('unit', 'elsewhere/a.test.ts,**/*.long.test.ts').filter((file) => file.includes('.long.'))).toEqual([]);

  const packages = 'scripts/setup/packages.root.test.ts';
  expect(files('root', '')).toContain(packages);
  expect(files('root', packages)).not.toContain(packages);
});
