import { expect, test } from 'vitest';
import { serviceAction } from '../../../test/chroot/service-fixture.ts';
import { actionSchema, storedActionSchema } from '../action-kinds.ts';

test('a service action is taken from a plan and from a record as it is', () => {
  const action = serviceAction({
    verify: [{ check: 'container-logs/kubelet-has-limits', args: ['file', '/var/lib/kubelet/config.yaml'] }],
  });

  expect(actionSchema.parse(action)).toEqual(action);
  expect(storedActionSchema.parse(action)).toEqual(action);
});

test('a reload disrupts nothing', () => {
  const { disrupts: _, ...action } = serviceAction();

  expect(storedActionSchema.parse({ ...action, operation: 'reload' })).toEqual({ ...action, operation: 'reload' });
  expect(storedActionSchema.safeParse(action).success).toBe(false);
});

test.each(['kubelet.service', 'getty@tty1.service', String.raw`a\x2db.service`, 'cri:x_1.service'])(
  '%s is a unit',
  (unit) => {
    expect(actionSchema.safeParse(serviceAction({ unit })).success).toBe(true);
  },
);

test.each([
  'kubelet',
  'reboot.target',
  '-H.service',
  '--host=evil.service',
  'a b.service',
  'a;b.service',
  '../a.service',
  '$(a).service',
  'a\n.service',
  `${'a'.repeat(300)}.service`,
  '.service',
])('%j is none', (unit) => {
  expect(actionSchema.safeParse(serviceAction({ unit })).success).toBe(false);
});

test.each<[string, object]>([
  ['another operation', { operation: 'stop' }],
  ['one that says it disrupts nothing', { disrupts: undefined }],
  ['a reload that says it disrupts', { operation: 'reload' }],
  ['a relative file', { fragment: 'kubelet.service' }],
  ['what nodemend does not know', { force: true }],
])('%s is refused', (_, change) => {
  expect(actionSchema.safeParse({ ...serviceAction(), ...change }).success).toBe(false);
});
