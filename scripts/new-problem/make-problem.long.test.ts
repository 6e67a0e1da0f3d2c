import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isProblemId, makeProblem } from './make-problem.ts';

const project = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'nodemend-problem-'));
const id = 'stale-mounts';

function run(program: string, ...args: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('node_modules', program), ...args], {
    cwd: scratch,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/** A copy of the project with one problem more. */
beforeAll(() => {
  for (const name of ['src', 'test', 'tools', '.oxlintrc.json', 'package.json', 'tsconfig.json', 'ARCHITECTURE.md'])
    cpSync(join(project, name), join(scratch, name), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(scratch, 'node_modules'));
  makeProblem(scratch, id);
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a new problem, as it is made', () => {
  it('passes the test over all problems', () => {
    const { status, output } = run(
      'vitest/vitest.mjs',
      'run',
      'src/problems/problems.test.ts',
      'src/locales/texts.test.ts',
      '-t',
      `${id}|catalogue`,
    );

    expect(output).not.toContain('FAIL');
    expect(output).toContain('Tests');
    expect(status).toBe(0);
  }, 120_000);

  it('has no fault that the linter or the compiler sees', () => {
    expect(run('oxlint/bin/oxlint', `src/problems/${id}`, 'src/problems/list.ts').output).toContain(
      'Found 0 warnings and 0 errors.',
    );
    const { output } = run('typescript/bin/tsc', '-p', '.');
    expect(output.split('\n').filter((line) => line.includes(id))).toEqual([]);
  }, 120_000);

  it('leaves no mark of the template behind', () => {
    const files = readdirSync(join(scratch, 'src/problems', id), { recursive: true, encoding: 'utf8' });

    expect(files.filter((name) => name.endsWith('.txt'))).toEqual([]);
    const grep = spawnSync('grep', ['-rlE', '@(id|camel|snake)@', join(scratch, 'src/problems', id)], {
      encoding: 'utf8',
    });
    expect(grep.stdout).toBe('');
  });
});

describe('the id of a problem', () => {
  it.each(['container-logs', 'a'])('%s may be one', (name) => expect(isProblemId(name)).toBe(true));
  it.each(['', 'A', 'a--b', '-a', 'a_b', 'a b', '../a', 'a1'])('%s may not', (name) =>
    expect(isProblemId(name)).toBe(false),
  );
});
