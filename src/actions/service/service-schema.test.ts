import { expect, test } from 'vitest';
import { serviceAction } from '../../../test/chroot/service-fixture.ts';
import { actionSchema, storedActionSchema } from '../action-kinds.ts';
import type { ServiceAction } from './service-action.ts';
import { serviceKind } from './service.ts';

test('a service action is taken from a plan and from a record as it is', () => {
  const action = serviceAction({
    verify: [{ check: 'container-logs/kubelet-has-limits', args: ['file', '/var/lib/kubelet/config.yaml'] }],
  });

  expect(actionSchema.parse(action)).toEqual(action);
  expect(storedActionSchema.parse(action)).toEqual(action);
});

test.each(['reload', 'start', 'enable'] as const)('a %s disrupts nothing', (operation) => {
  const action = serviceAction({ operation });

  expect(action).not.toHaveProperty('disrupts');
  expect(storedActionSchema.parse(action)).toEqual(action);
  expect(storedActionSchema.safeParse({ ...action, disrupts: 'restart' }).success).toBe(false);
  expect(storedActionSchema.safeParse({ ...action, operation: 'restart' }).success).toBe(false);
});

test('what was started is stopped by an undo, which has to be allowed as a restart has', () => {
  const undoDisrupts = (operation: ServiceAction['operation']): unknown =>
    serviceKind.undoDisrupts?.(serviceAction({ operation }));

  expect([undoDisrupts('restart'), undoDisrupts('start'), undoDisrupts('reload'), undoDisrupts('enable')]).toEqual([
    'restart',
    'restart',
    undefined,
    undefined,
  ]);
});

test('a unit may be enabled and started in one plan, and not started twice', () => {
  const keys = (operation: ServiceAction['operation']): readonly string[] =>
    serviceKind.conflictKeys(serviceAction({ operation }));

  expect(keys('enable')).not.toEqual(keys('start'));
  expect(keys('start')).toEqual(keys('restart'));
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
  ['one that enables and reads unit files again', { operation: 'enable', disrupts: undefined, daemonReload: true }],
  ['a relative file', { fragment: 'kubelet.service' }],
  ['what nodemend does not know', { force: true }],
])('%s is refused', (_, change) => {
  expect(actionSchema.safeParse({ ...serviceAction(), ...change }).success).toBe(false);
});
