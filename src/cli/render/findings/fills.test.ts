import { describe, expect, test } from 'vitest';
import type { Language } from '../../../locales/language.ts';
import type { FactValue, Finding } from '../../../problems/problem.ts';
import { createTexts } from '../../../app/texts/texts.ts';
import { missing, pass, sampleProblem, uniform } from '../../../app/testing/sample-report.ts';
import { createPaint } from '../paint.ts';
import { facts } from './facts.ts';
import { fills } from './fills.ts';
import { isTrouble } from './group.ts';
import { renderFindingsWide } from './wide.ts';

const words = {
  evictsAt: 'evicts from',
  measuredMs: 'measured over',
  logsPerDayBytes: 'a day',
  forecast: { bounded: 'it fits' },
};
const problem = {
  ...sampleProblem,
  texts: { en: { ...sampleProblem.texts.en, facts: words }, ko: { ...sampleProblem.texts.ko, facts: words } },
};
const context = (language: Language) => ({
  texts: createTexts(language, [problem]),
  paint: createPaint(false),
  width: 80,
});

const forecast = (name: string, values: Readonly<Record<string, FactValue>>): Finding => {
  const finding = missing(name, 0);
  return isTrouble(finding) ? { ...finding, facts: values } : finding;
};
const first = forecast('worker-2', {
  forecast: 'fills',
  evictsAt: '2026-11-27T03:00:00Z',
  measuredMs: 18_720_000,
  logsPerDayBytes: 3.1 * 1024 ** 3,
});
const later = forecast('worker-1', {
  forecast: 'fills',
  evictsAt: '2026-12-04T18:30:00Z',
  measuredMs: 3_600_000,
  logsPerDayBytes: 1024 ** 2,
});

describe('the facts line', () => {
  test('one node: the day with its name, the rate and how long it was measured', () => {
    expect(facts([first].filter(isTrouble), context('en'))).toEqual([
      'evicts from: Friday, 27 November 2026 03:00 UTC',
      'measured over: 5h12m',
      'a day: 3.1 GiB',
    ]);
    expect(facts([first].filter(isTrouble), context('ko'))[0]).toBe('evicts from: 2026년 11월 27일(금) 03:00 UTC');
  });

  test('several nodes: the first day with its node, and the last', () => {
    const [when] = facts([later, first].filter(isTrouble), context('en'));
    expect(when).toBe(
      'evicts from: Friday, 27 November 2026 03:00 UTC on worker-2, up to Friday, 4 December 2026 18:30 UTC',
    );
  });

  test('a node that has no day does not hide those of the others', () => {
    const unknown = forecast('worker-3', { forecast: 'unknown-small' });
    expect(facts([unknown, first].filter(isTrouble), context('en'))[0]).toContain(
      'Friday, 27 November 2026 03:00 UTC on worker-2',
    );
  });

  test('a word is said when it is that of all nodes', () => {
    const fits = [forecast('worker-1', { forecast: 'bounded' }), forecast('worker-2', { forecast: 'bounded' })].filter(
      isTrouble,
    );
    expect(facts(fits, context('en'))).toEqual(['it fits']);
    expect(facts([...fits, first].filter(isTrouble), context('en'))).not.toContain('it fits');
  });
});

describe('the column of the wide table', () => {
  test.each<[Readonly<Record<string, FactValue>>, string | undefined]>([
    [{ forecast: 'fills', evictsAt: '2026-11-27T03:00:59Z', fullAt: '2026-11-28T03:00:00Z' }, '2026-11-27 03:00 UTC'],
    [{ forecast: 'fills', fullAt: '2026-11-28T03:00:00Z' }, '2026-11-28 03:00 UTC'],
    [{ forecast: 'later', notBefore: '2027-01-01T00:00:00Z' }, 'after 2027-01-01 UTC'],
    [{ forecast: 'reached-eviction' }, 'now'],
    [{ forecast: 'bounded' }, 'no'],
    [{ forecast: 'unknown-clock' }, 'unknown'],
    [{ containers: 3 }, undefined],
  ])('%j', (values, expected) => {
    expect(fills(forecast('worker-1', values), context('en').texts)).toBe(expected);
  });

  test('is there when somebody foretells something', () => {
    const { evidence } = uniform(2, pass);
    expect(
      renderFindingsWide({ evidence, diagnosis: { findings: [first, pass('worker-1')], muted: [] } }, context('en')),
    ).toMatchInlineSnapshot(`
      "NAME      GROUP   PROBLEM      RULE     STATUS  SEVERITY  FILLS                 CAUSE
      worker-2  worker  sample-logs  missing  FAIL    high      2026-11-27 03:00 UTC  No logrotate rule covers the container logs of Docker, so that they grow until the disk is full.
      worker-1  worker  sample-logs  missing  PASS    -         -                     A logrotate rule covers the container logs.
      "
    `);
    expect(
      renderFindingsWide({ evidence, diagnosis: { findings: [pass('worker-1')], muted: [] } }, context('en')),
    ).not.toContain('FILLS');
  });
});
