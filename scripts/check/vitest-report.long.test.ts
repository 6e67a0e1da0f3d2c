import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countReport, countTwice, failedFiles, type VitestReport } from './vitest-report.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nodemend-report-'));

/**
 * Runs the real vitest over one test file in a folder of its own; `only` is refused where CI is set, unless allowed.
 */
function report(code: string): { readonly report: VitestReport; readonly exitCode: number } {
  writeFileSync(join(scratch, 'one.test.js'), `import { beforeAll, expect, it } from 'vitest';\n${code}`);
  const vitest = join(scratch, 'node_modules/vitest/vitest.mjs');
  const run = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', scratch, '--reporter=json', '--outputFile=report.json', '--allowOnly'],
    { cwd: scratch },
  );
  return {
    report: JSON.parse(readFileSync(join(scratch, 'report.json'), 'utf8')) as VitestReport,
    exitCode: run.status ?? 1,
  };
}

function count(code: string): ReturnType<typeof countReport> {
  const { report: found, exitCode } = report(code);
  return countReport(found, exitCode, scratch);
}

beforeAll(() => symlinkSync(join(import.meta.dirname, '../../node_modules'), join(scratch, 'node_modules')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('counting a real report of vitest', () => {
  it('counts tests that passed', () => {
    expect(count(`it('a', () => {}); it('b', () => {});`)).toMatchObject({ passed: 2, failed: 0, failures: [] });
  });

  it('counts what failed, was skipped or is only planned as failed, and names it', () => {
    const result = count(
      `it('good', () => {}); it('bad', () => expect(1).toBe(2)); it.skip('later', () => {}); it.todo('someday');`,
    );

    expect(result).toMatchObject({ passed: 1, failed: 3 });
    expect(result.failures).toEqual([
      expect.stringContaining('one.test.js: bad (failed): AssertionError: expected 1 to be 2'),
      'one.test.js: later (skipped)',
      'one.test.js: someday (todo)',
    ]);
  });

  it('counts what `only` leaves out as failed', () => {
    expect(count(`it.only('one', () => {}); it('other', () => {});`)).toMatchObject({ passed: 1, failed: 1 });
  });

  it('counts a file that cannot be loaded as one failure', () => {
    const result = count(`throw new Error('cannot load');`);

    expect(result).toMatchObject({ passed: 0, failed: 1 });
    expect(result.failures[0]).toContain('one.test.js: cannot load');
  });

  it('counts the tests of a file whose set-up failed, each with the cause', () => {
    const result = count(`beforeAll(() => { throw new Error('no sshd'); }); it('one', () => {}); it('two', () => {});`);

    expect(result).toMatchObject({ passed: 0, failed: 2 });
    expect(result.failures).toEqual(['one.test.js: one (skipped): no sshd', 'one.test.js: two (skipped): no sshd']);
  });

  it('counts an error outside every test as one failure', () => {
    expect(
      count(
        `it('a', () => { setTimeout(() => { throw new Error('late'); }, 0); return new Promise((done) => setTimeout(done, 50)); });`,
      ),
    ).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });
});

describe('counting a report whose failed files were run again', () => {
  const bad = (cause: string): string => `it('bad', () => expect('${cause}').toBe('good'));`;
  const first = (): VitestReport => report(`it('good', () => {}); ${bad('slow')}`).report;

  it('takes the second run of them, and tells what failed once', () => {
    const counted = countTwice(first(), report(`it('good', () => {}); ${bad('good')}`), scratch);

    expect(counted).toMatchObject({ passed: 2, failed: 0, failures: [] });
    expect(counted.unstable).toEqual([expect.stringContaining('one.test.js: bad (failed): AssertionError')]);
  });

  it('counts what fails twice, whatever its cause', () => {
    const counted = countTwice(first(), report(`it('good', () => {}); ${bad('slower')}`), scratch);

    expect(counted).toMatchObject({ passed: 1, failed: 1, unstable: [] });
  });

  it('runs again what failed, not what was left out', () => {
    expect(failedFiles(first())).toHaveLength(1);
    expect(failedFiles(report(`it.skip('later', () => {}); it('good', () => {});`).report)).toEqual([]);
    expect(failedFiles(report(`throw new Error('cannot load');`).report)).toHaveLength(1);
    expect(
      failedFiles(report(`beforeAll(() => { throw new Error('no sshd'); }); it('one', () => {});`).report),
    ).toHaveLength(1);
  });
});

describe('counting a report that says nothing', () => {
  it('is a failure', () => {
    expect(countReport({ success: true, testResults: [] }, 0, '/').failures).toEqual(['no test was run']);
  });
});
