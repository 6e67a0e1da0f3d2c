/**
 * Runs the suites one after the other, each with its time, and ends with the one line `N passed, N failed`. With
 * `--quick` only those that need neither root nor Debian packages; with names, only those suites.
 */
import { parseArgs } from 'node:util';
import { allSuites, quickSuites } from './check/suites.ts';
import type { Suite, SuiteResult } from './check/suite.ts';

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const known = values.quick ? quickSuites() : allSuites();
const chosen = positionals.length > 0 ? known.filter(({ name }) => positionals.includes(name)) : known;

const begun = new Map(chosen.filter(({ early }) => early).map((suite) => [suite, suite.run()]));
const rows: { readonly name: string; readonly seconds: string; readonly result: SuiteResult }[] = [];
for (const suite of chosen) rows.push(await runSuite(suite));

if (chosen.length > 1) {
  console.log('\n== times');
  for (const { name, seconds, result } of rows)
    console.log(`${seconds.padStart(8)} s  ${name}: ${result.passed} passed, ${result.failed} failed`);
}
const failures = rows.flatMap(({ name, result }) => result.failures.map((line) => `${name}: ${line}`));
if (failures.length > 0) console.log(`\n== failed\n${failures.join('\n')}`);

const unstable = rows.flatMap(({ name, result }) => (result.unstable ?? []).map((line) => `${name}: ${line}`));
if (unstable.length > 0) console.log(`\n== unstable: failed once, passed when run again alone\n${unstable.join('\n')}`);

const passed = rows.reduce((sum, { result }) => sum + result.passed, 0);
const failed = rows.reduce((sum, { result }) => sum + result.failed, 0) + (chosen.length === 0 ? 1 : 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function runSuite(suite: Suite): Promise<(typeof rows)[number]> {
  console.log(`\n== ${suite.name}`);
  const began = performance.now();
  const result = await (begun.get(suite) ?? suite.run());
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (result.failed > 0 && result.output !== '') console.log(result.output.trimEnd());
  for (const { file, ms } of result.slowest ?? []) {
    if (ms >= 1000) console.log(`${(ms / 1000).toFixed(1).padStart(8)} s  ${file}`);
  }
  console.log(`${result.failed === 0 ? 'ok' : 'FAILED'} ${suite.name}, ${seconds} s`);
  return { name: suite.name, seconds, result };
}
