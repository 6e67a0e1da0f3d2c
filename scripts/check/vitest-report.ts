import { relative } from 'node:path';
import type { SuiteResult } from './suite.ts';

/** The parts of vitest's JSON report (its `json` reporter, Jest's shape) that are read here. */
export interface VitestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly startTime?: number;
    readonly endTime?: number;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

type FileReport = VitestReport['testResults'][number];

type Counted = Omit<SuiteResult, 'output'>;

/**
 * Counts a report. A test counts as passed only when it ran and passed: skipped, pending, todo and disabled ones are
 * failures and are named. So is a file that could not be loaded, and a run that failed for a reason that no test shows.
 */
export function countReport(report: VitestReport, exitCode: number, root: string): Counted {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const failures = report.testResults.flatMap((file) => failuresOf(file, root));
  const unloaded = report.testResults
    .filter(isUnloaded)
    .map(({ name, message }) => `${relative(root, name)}: ${firstLine(message) || 'failed outside its tests'}`);
  const all = [...failures, ...unloaded];
  if (all.length === 0 && tests.length === 0) all.push('no test was run');
  if (all.length === 0 && (exitCode !== 0 || !report.success))
    all.push(`vitest ended with exit code ${exitCode} outside any test`);
  return { passed, failed: all.length, failures: all, slowest: slowestFiles(report, root) };
}

/**
 * Counts a report whose failed files were run once more: the second run of a file stands for the first. What failed
 * only the first time is unstable.
 */
export function countTwice(
  first: VitestReport,
  second: { readonly report: VitestReport; readonly exitCode: number },
  root: string,
): Counted {
  const again = new Map(second.report.testResults.map((file) => [file.name, file]));
  const testResults = first.testResults.map((file) => again.get(file.name) ?? file);
  const counted = countReport({ success: second.report.success, testResults }, second.exitCode, root);
  const before = countReport(first, 1, root).failures;
  const names = new Set(counted.failures.map(testOf));
  return { ...counted, unstable: before.filter((line) => !names.has(testOf(line))) };
}

/** A failure's line without its cause, which need not be the same twice. */
function testOf(line: string): string {
  return line.split(' (failed)')[0] ?? line;
}

/**
 * Files in which a test failed, whose set-up failed (all their tests are `skipped` then), or that could not be loaded; not
 * those that left a test out.
 */
export function failedFiles(report: VitestReport): readonly string[] {
  return report.testResults
    .filter((file) => file.status === 'failed' || file.assertionResults.some(({ status }) => status === 'failed'))
    .map(({ name }) => name);
}

/**
 * The failures of one file, each with its cause: where only the end of a long output is kept, that is all there is to
 * go by.
 */
function failuresOf(file: FileReport, root: string): readonly string[] {
  const setUp = failedSetUp(file);
  return file.assertionResults
    .filter(({ status }) => status !== 'passed')
    .map(({ fullName, status, failureMessages }) => {
      const cause = status === 'skipped' ? setUp : firstLine(failureMessages?.[0]);
      return `${relative(root, file.name)}: ${fullName} (${status})${cause === '' ? '' : `: ${cause}`}`;
    });
}

/** Why a hook before tests failed, which leaves them skipped; empty where none did: those were left out on purpose. */
function failedSetUp({ status, message, assertionResults }: FileReport): string {
  return status === 'failed' && assertionResults.every((test) => test.status !== 'failed') ? firstLine(message) : '';
}

function isUnloaded({ status, assertionResults }: FileReport): boolean {
  return status === 'failed' && assertionResults.every((test) => test.status === 'passed');
}

function firstLine(text = ''): string {
  return text.split('\n')[0]?.slice(0, 400) ?? '';
}

function slowestFiles(report: VitestReport, root: string): NonNullable<Counted['slowest']> {
  return report.testResults
    .map(({ name, startTime = 0, endTime = 0 }) => ({
      file: relative(root, name),
      ms: Math.round(endTime - startTime),
    }))
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, 8);
}
