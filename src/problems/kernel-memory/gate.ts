import { compareNumbers, type KernelRelease } from '../../kernel/release.ts';
import type { MemoryCgroups } from '../../kernel/memory-cgroups.ts';

/** Why removed memory cgroups of a node cannot pile up with kernel memory that is charged to them. */
export type ClosedBecause =
  /** Version 2: ids are given back, and what is left of a cgroup is another thing. */
  | 'cgroup-v2'
  /** Since 5.3 the caches of a removed cgroup become its parent's (kernel commit fb2f2b0adb98). */
  | 'kernel-fixed'
  /** `cgroup.memory=nokmem` is in force. */
  | 'nokmem'
  /** The controller is switched off, `cgroup_disable=memory`. */
  | 'disabled'
  /** The kernel refuses to report kernel memory, because nothing has it accounted (3.x, 4.x). */
  | 'not-accounted';

export type Gate =
  | { readonly state: 'open' }
  | { readonly state: 'closed'; readonly because: ClosedBecause }
  | { readonly state: 'unknown'; readonly detail: string };

/**
 * Whether the trouble can be there at all (facts: kernel 3.x or 4.x, cgroup v1, accounting of kernel memory on). What a
 * version says is weak: backports vary, and fixes were claimed that did not hold (rancher/rancher#35494,
 * kubernetes/kubernetes#96701). So only what is certain closes the gate.
 */
export function gateOf(node: MemoryCgroups): Gate {
  if (node.version === 2) return closed('cgroup-v2');
  if (node.bootArguments.includes('cgroup_disable=memory')) return closed('disabled');
  if (!node.parsed) return { state: 'unknown', detail: `kernel release ${node.release} is of no known form` };
  if (compareNumbers(node.parsed.version, [5, 3, 0]) >= 0) return closed('kernel-fixed');
  const argument = nokmemState(node);
  if (argument === 'in-force') return closed('nokmem');
  const memory = node.controllers.get('memory');
  if (!memory || memory.hierarchy === 0 || node.version === undefined)
    return { state: 'unknown', detail: 'no memory controller is mounted' };
  if (node.slabinfo === 'refused') return closed('not-accounted');
  return { state: 'open' };
}

function closed(because: ClosedBecause): Gate {
  return { state: 'closed', because };
}

/** Whether the running kernel was given `nokmem`, and knows it. */
export function nokmemState({ bootArguments, parsed }: MemoryCgroups): 'in-force' | 'no-effect' | 'absent' {
  const given = bootArguments.some((argument) => {
    const [, members] = /^cgroup[._]memory=(.*)$/u.exec(argument) ?? [];
    return members?.split(',').includes('nokmem');
  });
  if (!given) return 'absent';
  return parsed && knowsNokmem(parsed) ? 'in-force' : 'no-effect';
}

/**
 * The argument came with 4.5 (kernel commit 04823c833b3e) and works on Enterprise Linux 7 from 3.10.0-1062.4.1
 * (docker/for-linux#841); before that it is taken and does nothing.
 */
export function knowsNokmem({ version, enterpriseLinux, build }: KernelRelease): boolean {
  if (enterpriseLinux === 7 && compareNumbers(version, [3, 10, 0]) === 0)
    return compareNumbers(build, [1062, 4, 1]) >= 0;
  return compareNumbers(version, [4, 5, 0]) >= 0;
}
