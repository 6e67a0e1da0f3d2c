import { expect, test } from 'vitest';
import { restartProgress, unitWords, type UnitState } from './unit-state.ts';
import { serviceState } from './service-state.ts';

const running: UnitState = {
  active: 'active',
  sub: 'running',
  result: 'success',
  busy: false,
  enabled: 'enabled',
  activation: 'boot 2 200',
};

test.each<[string, Partial<UnitState>, string]>([
  ['a new process', {}, 'up'],
  ['the old process', { activation: 'boot 1 100' }, 'waiting'],
  ['a new process while systemd is still at it', { busy: true }, 'waiting'],
  ['stopped, to be started', { active: 'inactive', sub: 'dead', busy: true }, 'waiting'],
  ['a failed stop, to be started', { active: 'failed', sub: 'failed', busy: true }, 'waiting'],
  ['starting', { active: 'activating', sub: 'start' }, 'waiting'],
  ['between two of its lives', { active: 'activating', sub: 'auto-restart', result: 'exit-code' }, 'failed'],
  ['between two of its lives (systemd 254)', { active: 'activating', sub: 'auto-restart-queued' }, 'failed'],
  ['failed', { active: 'failed', sub: 'failed', result: 'start-limit-hit' }, 'failed'],
  ['ended', { active: 'inactive', sub: 'dead' }, 'failed'],
])('%s', (_, change, state) => {
  expect(restartProgress({ ...running, ...change }, 'boot 1 100').state).toBe(state);
});

test('for people', () => {
  expect([unitWords(running), unitWords({ ...running, sub: 'dead', result: 'exit-code' })]).toEqual([
    'active (running)',
    'active (dead), exit-code',
  ]);
});

test.each([
  ['none', 'boot 1 100', 'untouched'],
  ['staged', 'boot 1 100', 'staged'],
  ['committing', 'boot 2 200', 'staged'],
  ['committing', 'boot 1 100', 'applied'],
  ['committed', 'boot 1 100', 'applied'],
  ['kept', 'boot 1 100', 'applied'],
  ['undoing', 'boot 2 200', 'applied'],
  ['undoing', 'boot 1 100', 'undone'],
  ['undone', 'boot 1 100', 'undone'],
  ['of another version', 'boot 1 100', 'moved'],
])('a run in phase %s whose restart was to end %s is %s', (phase, before, state) => {
  expect(serviceState('restart', { phase, unit: running, before, beforeUndo: before })).toBe(state);
});

test('a unit that is down is not what the run left', () => {
  const unit = { ...running, active: 'failed' };

  expect(
    ['committing', 'kept', 'undoing'].map((phase) =>
      serviceState('restart', { phase, unit, before: '', beforeUndo: '' }),
    ),
  ).toEqual(['staged', 'moved', 'applied']);
});

test.each<['start' | 'enable', string, boolean, string]>([
  ['start', 'committing', false, 'staged'],
  ['start', 'committing', true, 'applied'],
  ['start', 'committed', true, 'applied'],
  ['start', 'kept', false, 'moved'],
  ['start', 'undoing', true, 'applied'],
  ['start', 'undoing', false, 'undone'],
  ['enable', 'committing', false, 'staged'],
  ['enable', 'committing', true, 'staged'],
  ['enable', 'kept', true, 'applied'],
  ['enable', 'kept', false, 'moved'],
  ['enable', 'undoing', true, 'applied'],
  ['enable', 'undoing', false, 'undone'],
])('%s in phase %s, in force: %s, is %s', (operation, phase, isInForce, state) => {
  const change =
    operation === 'start'
      ? { active: isInForce ? 'active' : 'inactive' }
      : { enabled: isInForce ? 'enabled' : 'disabled' };

  expect(
    serviceState(operation, { phase, unit: { ...running, ...change }, before: 'boot 1 100', beforeUndo: '' }),
  ).toBe(state);
});

test('a start that somebody else made before the run could ask is not its own yet', () => {
  expect(
    serviceState('start', { phase: 'committing', unit: running, before: running.activation, beforeUndo: '' }),
  ).toBe('staged');
});
