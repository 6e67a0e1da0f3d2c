import { expect, test } from 'vitest';
import { findingMaker } from './findings.ts';
import { pass, type Rules } from './rules.ts';

const rules = {
  full: { fail: { evicts: 'critical', collects: 'medium' }, warn: 'low', remedy: 'free-room' },
  odd: { warn: 'low' },
  fine: pass,
} as const satisfies Rules;
const make = findingMaker('disk', rules);
const about = { subject: { kind: 'node', name: 'n' }, evidence: ['n#disk'] } as const;

test('a finding is as grave as its rule, or as the reason that it names, and as curable', () => {
  expect(make.trouble({ ...about, status: 'fail', rule: 'full', why: 'collects' })).toMatchObject({
    severity: 'medium',
    remedy: true,
    text: { key: 'findings.full.collects', params: {} },
  });
  expect(make.trouble({ ...about, status: 'fail', rule: 'full', why: 'new' })).toMatchObject({ severity: 'critical' });
  expect(make.trouble({ ...about, status: 'warn', rule: 'full', remedy: false })).toMatchObject({
    severity: 'low',
    remedy: false,
    text: { key: 'findings.full' },
  });
  expect(make.trouble({ ...about, status: 'warn', rule: 'odd' })).toMatchObject({ remedy: false });
});

test('what is not in the table does not compile', () => {
  const all = [
    // @ts-expect-error no such rule
    () => make.trouble({ ...about, status: 'fail', rule: 'else' }),
    // @ts-expect-error only ever a warning
    () => make.trouble({ ...about, status: 'fail', rule: 'odd' }),
    // @ts-expect-error never a pass
    () => make.pass({ ...about, rule: 'odd' }),
    // @ts-expect-error never unknown
    () => make.unknown({ ...about, rule: 'fine' }, 'timed-out'),
    // @ts-expect-error the table says how grave it is
    () => make.trouble({ ...about, status: 'warn', rule: 'odd', severity: 'high' }),
  ];

  expect(all).toHaveLength(5);
});
