import { expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import { node } from '../../problems/container-logs/testing/node.ts';
import { evidenceOf } from '../../problems/container-logs/testing/fixture.ts';
import { checkEarlier } from './check-earlier.ts';

const now = evidenceOf([node()]);
const at = (collectedAt: string, nodes = now.nodes): Evidence => ({ ...now, collectedAt, nodes });
const before = '2026-11-24T08:30:00.000Z';
const [one = node()] = now.nodes;
const unreached = { ...one, access: { state: 'not-looked-at', enable: '--via ssh' } } as const;
const otherMachine = {
  ...one,
  access:
    one.access.state === 'seen'
      ? ({ state: 'seen', value: { ...one.access.value, machineId: 'another' } } as const)
      : one.access,
};

test('an older bundle with one of the nodes is one', () => {
  expect(() => checkEarlier('old.json', at(before, [otherMachine, one]), now)).not.toThrow();
  const known = at(before, [{ ...node({ runtimeVersion: 'docker://20.10.24' }), access: unreached.access }]);
  expect(() => checkEarlier('old.json', known, at(now.collectedAt, known.nodes))).not.toThrow();
});

test('the same bundle, or a newer one, tells nothing', () => {
  expect(() => checkEarlier('old.json', now, now)).toThrow(
    expect.objectContaining({ code: 'BUNDLE_NOT_EARLIER', exitCode: 2 }),
  );
  expect(() => checkEarlier('old.json', at('2026-11-24T09:30:00.001Z'), now)).toThrow(
    expect.objectContaining({ code: 'BUNDLE_NOT_EARLIER' }),
  );
});

test('a node of the same name and address that is another machine is another node', () => {
  expect(() => checkEarlier('old.json', at(before, [otherMachine]), now)).toThrow(
    expect.objectContaining({ code: 'BUNDLE_OTHER_NODES', params: { path: 'old.json' } }),
  );
  expect(() => checkEarlier('old.json', at(before, [unreached]), now)).toThrow(
    expect.objectContaining({ code: 'BUNDLE_OTHER_NODES' }),
  );
});
