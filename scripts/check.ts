/**
 * Runs the suites one after the other (two of them beside each other), each with its time, and ends with the one line
 * `N passed, N failed`. With `--quick` only those that need neither root nor Debian packages; with names, only those
 * suites. What this machine cannot run is looked for before anything starts, and named: it is a failure with `--all`, in
 * CI, or when it was named.
 */
import { parseArgs } from 'node:util';
import { divideSuites, type RunnableSuite } from './check/divide-suites.ts';
import { thisMachine } from './check/machine.ts';
import { allSuites, besideEachOther, quickSuites } from './check/suites.ts';
import { summary, type SuiteRow } from './check/summary.ts';

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean' }, all: { type: 'boolean' } },
  allowPositionals: true,
});
const known = values.quick ? quickSuites() : allSuites();
const chosen = positionals.length > 0 ? known.filter(({ name }) => positionals.includes(name)) : known;
const strict = values.all === true || isCi(process.env['CI']) || positionals.length > 0;

const { runnable: possible, notRun } = divideSuites(chosen, thisMachine());
const runnable = besideEachOther(possible);
if (notRun.length > 0) console.log(`This machine cannot run everything:\n${notRun.join('\n')}`);
const begun = new Map(
  runnable.filter(({ suite }) => suite.early).map(({ suite, without }) => [suite, suite.run(without)]),
);
const rows: SuiteRow[] = [];
for (const one of runnable) rows.push(await runSuite(one));

const { text, exitCode } = summary({ rows, notRun, strict });
console.log(text.trimEnd());
process.exitCode = exitCode;

/** `CI=true` is what most services set, some set another word. */
function isCi(value = ''): boolean {
  return !['', '0', 'false'].includes(value);
}

async function runSuite({ suite, without }: RunnableSuite): Promise<SuiteRow> {
  console.log(`\n== ${suite.name}`);
  const began = performance.now();
  const result = await (begun.get(suite) ?? suite.run(without));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (result.failed > 0 && result.output !== '') console.log(result.output.trimEnd());
  for (const { file, ms } of result.slowest ?? []) {
    if (ms >= 1000) console.log(`${(ms / 1000).toFixed(1).padStart(8)} s  ${file}`);
  }
  console.log(`${result.failed === 0 ? 'ok' : 'FAILED'} ${suite.name}, ${seconds} s`);
  return { name: suite.name, seconds, result };
}
