import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** A copy of the project without a problem: its folder and its line in the catalogue are all that there is of it. */
const project = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'nodemend-without-'));
const gone = 'image-pull';

const copied = ['src', 'lab', 'testbed', 'bench', 'scripts', 'test', 'tools', 'examples', 'deploy', 'docs'];
const files = ['package.json', 'tsconfig.json', 'vitest.config.ts', '.oxlintrc.json'];

beforeAll(() => {
  const own = join(project, 'src/problems', gone);
  for (const name of [...copied, ...files])
    cpSync(join(project, name), join(scratch, name), { recursive: true, filter: (path) => path !== own });
  symlinkSync(join(project, 'node_modules'), join(scratch, 'node_modules'));
  const list = join(scratch, 'src/problems/list.ts');
  const lines = readFileSync(list, 'utf8').split('\n');
  const left = lines.filter((line) => !line.includes(`./${gone}/`));
  expect(lines.length - left.length).toBe(1);
  writeFileSync(list, left.join('\n'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Of properties a tenth of the runs: how often they hold is not what is asked here. */
const env = { ...process.env, NODEMEND_TEST_QUICK: 'true' };

function run(program: string, ...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('node_modules', program), ...args], {
    cwd: scratch,
    env,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

test('everything else compiles, tests too', () => {
  expect(run('typescript/bin/tsc', '-p', '.')).toEqual({ status: 0, output: '' });
}, 600_000);

test('what stands on the catalogue passes', () => {
  const stood = ['src/app/inputs', 'src/engine', 'src/problems/problems.test.ts', 'src/cli/program.test.ts'];
  // A process for each file would be half of what this takes, and the check itself gives each file one.
  const options = ['--project', 'unit', '--no-isolate', '--testTimeout=120000'];
  const { status, output } = run('vitest/vitest.mjs', 'run', ...options, ...stood);

  expect(output).not.toContain('FAIL');
  expect(output).toContain('src/problems/problems.test.ts');
  expect(status).toBe(0);
}, 900_000);
