import fc from 'fast-check';
import { expect, it } from 'vitest';
import { actionKey } from './action-key.ts';

it('reads like the path it stands for', () => {
  expect(actionKey('file:worker-1:/etc/logrotate.d/docker', '/etc/logrotate.d/docker')).toMatch(
    /^etc-logrotate\.d-docker-[0-9a-f]{8}$/u,
  );
});

it('is always a harmless name of a folder, and differs where ids differ', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (id, otherId, subject) => {
      expect(actionKey(id, subject)).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/u);
      if (id !== otherId) expect(actionKey(id, subject)).not.toBe(actionKey(otherId, subject));
    }),
  );
});
