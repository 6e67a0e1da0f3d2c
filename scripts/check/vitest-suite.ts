import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../build/options.ts';
import { runProgram } from './run-program.ts';
import type { Suite, SuiteResult } from './suite.ts';
import { countReport, type VitestReport } from './vitest-report.ts';

/** One project of `vitest.config.ts`, its output printed as it comes. */
export function vitestSuite(project: string, environment: Readonly<Record<string, string>> = {}): Suite {
  return { name: project, run: () => runVitest(project, environment) };
}

async function runVitest(project: string, environment: Readonly<Record<string, string>>): Promise<SuiteResult> {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-check-'));
  try {
    const file = join(folder, 'report.json');
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const { exitCode } = await runProgram(process.execPath, args, { stream: true, environment });
    return { ...countReport(readReport(file), exitCode, root), output: '' };
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
