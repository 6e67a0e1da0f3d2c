import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

/**
 * A kind of action is one folder and one line (CONTRIBUTING.md, "Add a kind of action"): `link` is added to a copy of the
 * tree, and every promise is asked of it there.
 */
const project = join(import.meta.dirname, '../..');
const added = join(import.meta.dirname, 'link');
const scratch = mkdtempSync(join(tmpdir(), 'nodemend-kind-'));
const list = join(scratch, 'src/actions/kinds.ts');

beforeAll(() => {
  const tracked = ['src', 'lab', 'test', 'testbed', 'bench', 'scripts', 'tools', 'deploy', 'docs', 'examples'];
  execFileSync('cp', ['-a', ...tracked, ...settings(), scratch], { cwd: project });
  symlinkSync(join(project, 'node_modules'), join(scratch, 'node_modules'));
  for (const name of readdirSync(added, { recursive: true, encoding: 'utf8' })) {
    if (statSync(join(added, name)).isDirectory()) continue;
    const file = join(scratch, 'src/actions/link', name.replace(/\.txt$/, ''));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, readFileSync(join(added, name)));
  }
  // The one line.
  writeFileSync(list, `${readFileSync(list, 'utf8')}export { linkKind } from './link/link.ts';\n`);
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function settings(): readonly string[] {
  return [
    'tsconfig.json',
    'package.json',
    'ARCHITECTURE.md',
    '.oxlintrc.json',
    '.oxfmtrc.json',
    'vitest.config.ts',
    'knip.json',
  ];
}

function run(program: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [join('node_modules', program), ...args], {
    cwd: scratch,
    encoding: 'utf8',
  });
  return stdout + stderr;
}

const vitest = (...args: readonly string[]): string => run('vitest/vitest.mjs', 'run', '--maxWorkers=1', ...args);

it('compiles, and is clean for the linter', { timeout: 300_000 }, () => {
  expect(run('typescript/bin/tsc', '-p', '.')).toBe('');
  expect(run('oxlint/bin/oxlint', 'src/actions')).toContain('Found 0 warnings and 0 errors.');
});

it('passes what is asked of every kind: its words, its fixture, the contract', { timeout: 600_000 }, () => {
  const unit = vitest('--project', 'unit', 'src/actions/kinds.test.ts', 'src/locales');
  expect(unit).toMatch(/Tests .*\d+ passed/);
  expect(unit).not.toContain('failed');
  const contract = vitest('--project', 'root', 'src/actions/link');
  expect(contract).toMatch(/Test Files .*2 passed/);
  expect(contract).not.toContain('failed');
});

it('does not compile without its schema', { timeout: 300_000 }, () => {
  const file = join(scratch, 'src/actions/link/link.ts');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.replace('  schema: linkActionSchema,\n', ''));
  expect(run('typescript/bin/tsc', '-p', '.')).toMatch(/src\/actions\/link\/link\.ts.*Property 'schema' is missing/);
  writeFileSync(file, whole);
});
