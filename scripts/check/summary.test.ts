import { describe, expect, it } from 'vitest';
import { summary, type SuiteRow } from './summary.ts';

const good: SuiteRow = {
  name: 'unit',
  seconds: '61.0',
  result: { passed: 12, failed: 0, failures: [], output: '' },
};
const bad: SuiteRow = {
  name: 'root',
  seconds: '7.5',
  result: { passed: 3, failed: 1, failures: ['a.root.test.ts: broke'], output: '', unstable: ['b.root.test.ts: slow'] },
};
const notRun = ['testbed: needs root (this is uid 1000)'];

describe('the last words of the check', () => {
  it('are the count alone for one suite that passed', () => {
    expect(summary({ rows: [good], notRun: [], strict: true })).toEqual({
      text: '\n12 passed, 0 failed\n',
      exitCode: 0,
    });
  });

  it('name times, failures and what was unstable', () => {
    expect(summary({ rows: [good, bad], notRun: [], strict: false })).toEqual({
      text: `
== times
    61.0 s  unit: 12 passed, 0 failed
     7.5 s  root: 3 passed, 1 failed

== failed
root: a.root.test.ts: broke

== unstable: failed once, passed when run again alone
root: b.root.test.ts: slow

15 passed, 1 failed
`,
      exitCode: 1,
    });
  });

  it('name what was not run, which is no failure', () => {
    const { text, exitCode } = summary({ rows: [good], notRun, strict: false });

    expect(text).toContain('\n== not run here\ntestbed: needs root (this is uid 1000)\n');
    expect(text).toMatch(/\n12 passed, 0 failed\n$/);
    expect(exitCode).toBe(0);
  });

  it('count it as failed where everything must run', () => {
    const { text, exitCode } = summary({ rows: [good], notRun, strict: true });

    expect(text).toBe('\n== failed\nnot run: testbed: needs root (this is uid 1000)\n\n12 passed, 1 failed\n');
    expect(exitCode).toBe(1);
  });

  it('call it a failure when nothing was run', () => {
    expect(summary({ rows: [], notRun: [], strict: false })).toEqual({ text: '\n0 passed, 1 failed\n', exitCode: 1 });
    expect(summary({ rows: [], notRun, strict: false }).exitCode).toBe(1);
    expect(summary({ rows: [], notRun, strict: true }).text).toMatch(/\n0 passed, 1 failed\n$/);
  });
});
