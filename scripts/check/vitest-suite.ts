import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../build/options.ts';
import type { Need } from './needs.ts';
import { runProgram } from './run-program.ts';
import type { Suite, SuiteFile, SuiteResult } from './suite.ts';
import { countReport, countTwice, failedFiles, type VitestReport } from './vitest-report.ts';

export interface VitestOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Run failed files again, once, one after the other: for suites of real servers, whose timing is the machine's as
   * well. What then passes is told as unstable, with its cause.
   */
  readonly again?: boolean;
  /** In a minute: without the files that take long (`*.long.test.ts`), a tenth of the runs of large properties (`test/runs.ts`). */
  readonly quick?: boolean;
  readonly needs?: readonly Need[];
  readonly files?: readonly SuiteFile[];
}

/** More failed files of a project than this are no accident of timing. */
const mostAgain = 4;

/**
 * Projects of `vitest.config.ts`, each with the one of its files that run alone (`root-alone`), their output printed as
 * it comes.
 */
export function vitestSuite(projects: readonly string[], options: VitestOptions = {}): Suite {
  const { needs = [], files = [] } = options;
  const name = projects.join(' and ');
  return { name, needs, files, run: (without = []) => runProjects(projects, options, without) };
}

async function runProjects(
  projects: readonly string[],
  { environment = {}, again = false, quick = false }: VitestOptions,
  without: readonly string[],
): Promise<SuiteResult> {
  const left = quick ? [...without, '**/*.long.test.ts'] : without;
  const settings = {
    ...environment,
    NODEMEND_TEST_WITHOUT: left.join(','),
    ...(quick ? { NODEMEND_TEST_QUICK: 'true' } : {}),
  };
  const first = await runVitest(projects, settings);
  const failed = failedFiles(first.report);
  if (!again || failed.length === 0 || failed.length > mostAgain * projects.length)
    return { ...countReport(first.report, first.exitCode, root), output: '' };
  console.log(`\n== ${projects.join(' and ')}, once more what failed`);
  const second = await runVitest(projects, settings, ['--no-file-parallelism', ...failed]);
  return { ...countTwice(first.report, second, root), output: '' };
}

interface VitestRun {
  readonly report: VitestReport;
  readonly exitCode: number;
}

async function runVitest(
  projects: readonly string[],
  environment: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<VitestRun> {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-check-'));
  try {
    const file = join(folder, 'report.json');
    const args = [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...projects.map((project) => `--project=${project}*`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...more,
    ];
    const { exitCode } = await runProgram(process.execPath, args, { stream: true, environment });
    return { report: readReport(file), exitCode };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file: string): VitestReport {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return { success: false, testResults: [] }; // vitest died before it wrote one
  }
}
