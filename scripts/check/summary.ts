import type { SuiteResult } from './suite.ts';

export interface SuiteRow {
  readonly name: string;
  /** With one decimal. */
  readonly seconds: string;
  readonly result: SuiteResult;
}

export interface CheckOutcome {
  readonly rows: readonly SuiteRow[];
  /** One line for each suite or file that was not run, with what was missing. */
  readonly notRun: readonly string[];
  /** What was not run is a failure: in CI, with `--all`, and for what was asked for by its name. */
  readonly strict: boolean;
}

export interface CheckSummary {
  /** Its last line is `N passed, N failed`. */
  readonly text: string;
  readonly exitCode: 0 | 1;
}

/** What the check says when its suites are done. */
export function summary({ rows, notRun, strict }: CheckOutcome): CheckSummary {
  const failures = [
    ...named(rows, ({ failures: lines }) => lines),
    ...(strict ? notRun.map((line) => `not run: ${line}`) : []),
  ];
  const passed = rows.reduce((sum, { result }) => sum + result.passed, 0);
  const failed = rows.reduce((sum, { result }) => sum + result.failed, 0) + (strict ? notRun.length : 0);
  // Nothing that was run is no success.
  const counted = failed + (passed + failed === 0 ? 1 : 0);
  const parts = [
    section('times', rows.length > 1 ? rows.map(time) : []),
    section('failed', failures),
    section(
      'unstable: failed once, passed when run again alone',
      named(rows, ({ unstable = [] }) => unstable),
    ),
    section('not run here', strict || notRun.length === 0 ? [] : [...notRun, advice]),
    [`${passed} passed, ${counted} failed`],
  ];
  const text = parts.filter((lines) => lines.length > 0).map((lines) => `\n${lines.join('\n')}\n`);
  return { text: text.join(''), exitCode: counted === 0 ? 0 : 1 };
}

const advice =
  'Nothing of them is counted below. Which machine runs what: docs/testing.md. With --all or CI=true they count as failed.';

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`== ${title}`, ...lines];
}

function named(rows: readonly SuiteRow[], linesOf: (result: SuiteResult) => readonly string[]): readonly string[] {
  return rows.flatMap(({ name, result }) => linesOf(result).map((line) => `${name}: ${line}`));
}

function time({ name, seconds, result }: SuiteRow): string {
  return `${seconds.padStart(8)} s  ${name}: ${result.passed} passed, ${result.failed} failed`;
}
