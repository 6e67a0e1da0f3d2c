import { expect, it } from 'vitest';
import { memoryCgroups, type MemoryCgroups } from '../../kernel/memory-cgroups.ts';
import { gateOf, nokmemState } from './gate.ts';

function node(lines: string): MemoryCgroups {
  const parsed = memoryCgroups.parse({ text: `${lines.replaceAll('; ', '\n')}\n`, truncated: false });
  if (!parsed) throw new Error(`not of the probe's form: ${lines}`);
  return parsed;
}

const version1 = 'uptime 100.5; controller memory 4 532 1; mount v1 /sys/fs/cgroup/memory';

it.each([
  // CentOS 7.9 as NKS had it, and Ubuntu 18.04: open as long as nothing says otherwise.
  [`release 3.10.0-1160.119.1.el7.x86_64; ${version1}`, 'open'],
  [`release 4.15.0-213-generic; ${version1}; slabinfo table`, 'open'],
  [`release 5.2.0-rc1; ${version1}`, 'open'],
  [`release 3.10.0-1160.119.1.el7.x86_64; ${version1}; slabinfo refused`, 'not-accounted'],
  [`release 3.10.0-1160.119.1.el7.x86_64; ${version1}; argument cgroup.memory=nosocket,nokmem`, 'nokmem'],
  // Before that build the argument does nothing.
  [`release 3.10.0-957.el7.x86_64; ${version1}; argument cgroup.memory=nokmem`, 'open'],
  [`release 4.15.0-213-generic; ${version1}; argument cgroup.memory=nokmemX`, 'open'],
  [`release 4.15.0-213-generic; ${version1}; argument cgroup_disable=memory`, 'disabled'],
  [`release 5.4.0-150-generic; ${version1}`, 'kernel-fixed'],
  [`release 4.18.0-513.el8.x86_64; uptime 1; mount v2 /sys/fs/cgroup; dying 3`, 'cgroup-v2'],
  [`release 4.15.0-213-generic; uptime 1; controller memory 0 1 1`, 'unknown'],
  [`release 4.15.0-213-generic; uptime 1`, 'unknown'],
  [`release my-kernel; ${version1}`, 'unknown'],
])('%s: %s', (lines, said) => {
  const gate = gateOf(node(lines));
  expect(gate.state === 'closed' ? gate.because : gate.state).toBe(said);
});

it('knows an argument that is given in vain', () => {
  expect(nokmemState(node(`release 3.10.0-957.el7.x86_64; ${version1}; argument cgroup.memory=nokmem`))).toBe(
    'no-effect',
  );
});
