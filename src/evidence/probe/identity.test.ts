import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIdentity } from './identity.ts';

const text = `uid=0
user=rocky
hostname=prod-default-worker-node-0
machine-id=0f5bfe4c1c4f4c0d9d0c1c9a3a5b7e01
boot-id=4b0e5c1e-62f9-4f0d-8d0b-2f1f3c6a7b11
uptime=86400.25
clock=1795509811497911401
`;

describe('parseIdentity', () => {
  test('reads who a node is', () => {
    expect(parseIdentity(text)).toEqual({
      uid: 0,
      hostname: 'prod-default-worker-node-0',
      machineId: '0f5bfe4c1c4f4c0d9d0c1c9a3a5b7e01',
      bootId: '4b0e5c1e-62f9-4f0d-8d0b-2f1f3c6a7b11',
      uptime: 86_400.25,
      clockMs: 1_795_509_811_497,
    });
  });

  test.each(['1795509811', '1795509811%N', '1795509811N'])(
    'takes whole seconds where date knows no others: %s',
    (clock) => {
      expect(parseIdentity(text.replace(/clock=.*/, `clock=${clock}`))?.clockMs).toBe(1_795_509_811_500);
    },
  );

  test('a node without a machine id has an empty one', () => {
    expect(parseIdentity(text.replace(/machine-id=.*/, 'machine-id='))?.machineId).toBe('');
  });

  test.each([/uid=.*/, /clock=.*/])('is none without %s', (line) => {
    expect(parseIdentity(text.replace(line, ''))).toBeUndefined();
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (any) => void parseIdentity(any)));
  });
});
