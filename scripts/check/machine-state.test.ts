import { describe, expect, it } from 'vitest';
import { machineChanges, machineState } from './machine-state.ts';

describe('the state of the machine', () => {
  it('holds files of /etc, kernel settings and mounts', () => {
    const state = machineState();

    expect(state.get('/etc/passwd')).toMatch(/^[0-9a-f]{64} 100644 0 0$/);
    expect(state.get('/proc/sys/kernel/ostype')).toBe('Linux\n');
    expect(state.has('mount /')).toBe(true);
    expect(state.has('/proc/sys/kernel/random/uuid')).toBe(false);
  });

  it('tells what is new, gone and changed, and nothing when all is equal', () => {
    const before = new Map([['/etc/a', '1'], ['/etc/b', '1'], ['/etc/c', '1']]);
    const after = new Map([['/etc/b', '1'], ['/etc/c', '2'], ['/etc/d', '1']]);

    expect(machineChanges(before, after)).toEqual(['/etc/a is gone', '/etc/c was changed', '/etc/d is new']);
    expect(machineChanges(before, before)).toEqual([]);
  });
});
