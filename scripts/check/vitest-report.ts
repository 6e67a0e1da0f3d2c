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
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

type Counted = Omit<SuiteResult, 'output'>;

/**
 * Counts a report. A test counts as passed only when it ran and passed: skipped, pending, todo and disabled ones are failures
 * and are named. So is a file that could not be loaded, and a run that failed for a reason that no test shows.
 */
export function countReport(report: VitestReport, exitCode: number, root: string): Counted {
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, where: relative(root, file.name) })),
  );
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const failures = tests
    .filter(({ status }) => status !== 'passed')
    .map(({ where, fullName, status }) => `${where}: ${fullName} (${status})`);
  const unloaded = report.testResults
    .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status === 'passed'))
    .map(({ name, message }) => `${relative(root, name)}: ${message?.split('\n')[0] || 'failed outside its tests'}`);
  const all = [...failures, ...unloaded];
  if (all.length === 0 && tests.length === 0) all.push('no test was run');
  if (all.length === 0 && (exitCode !== 0 || !report.success)) all.push(`vitest ended with exit code ${exitCode} outside any test`);
  return { passed, failed: all.length, failures: all, slowest: slowestFiles(report, root) };
}

function slowestFiles(report: VitestReport, root: string): NonNullable<Counted['slowest']> {
  return report.testResults
    .map(({ name, startTime = 0, endTime = 0 }) => ({ file: relative(root, name), ms: Math.round(endTime - startTime) }))
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, 8);
}
