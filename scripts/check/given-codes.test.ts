import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { catalogue } from '../../src/errors/catalogue.ts';
import { toldByPrograms } from '../../test/given-codes/given-by-others.ts';
import { root } from '../build/options.ts';
import { givenCodesSuite, notGiven } from './given-codes.ts';
import type { SuiteResult } from './suite.ts';

const all = Object.keys(catalogue);

async function run(given: readonly string[], failed = 0, without: readonly string[] = []): Promise<SuiteResult> {
  const suite = givenCodesSuite(['unit'], ({ NODEMEND_GIVEN_CODES: file = '' }) => ({
    name: 'unit',
    needs: [],
    run: () => {
      appendFileSync(file, given.map((code) => `${code}\n`).join(''));
      return Promise.resolve({ passed: 3, failed, failures: [], output: '' });
    },
  }));
  return suite.run(without);
}

it('a code that no test brings about is a failure, and named', async () => {
  expect(await run(all)).toMatchObject({ passed: 4, failed: 0, failures: [] });
  expect(await run(all.filter((code) => code !== 'USAGE'))).toMatchObject({
    passed: 3,
    failed: 1,
    failures: ["no test of 'unit' brings about USAGE"],
  });
});

it('a code is one suite’s, or a test reads it from what a program tells', () => {
  const asked = [notGiven('unit', new Set()), notGiven('root', new Set()), notGiven('testbed', new Set())].flat();
  const told = Object.entries(toldByPrograms);

  expect(asked).toHaveLength(all.length - told.length);
  for (const [code, path] of told) expect(readFileSync(join(root, path), 'utf8'), path).toContain(code);
});

it('a suite that failed, or was not run as a whole, is asked for no codes', async () => {
  expect(await run([], 2)).toMatchObject({ passed: 3, failed: 2, failures: [] });
  expect(await run([], 0, ['a.test.ts'])).toMatchObject({ passed: 3, failed: 0 });
});
