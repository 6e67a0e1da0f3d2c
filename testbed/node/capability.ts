import { readFileSync } from 'node:fs';

/** Numbers of capabilities(7) that a testbed asks about. */
export const capabilities = { sys_admin: 21, sys_resource: 24, mknod: 27, net_admin: 12, sys_chroot: 18 } as const;

export type CapabilityName = keyof typeof capabilities;

/** Whether this process has a capability: line CapEff of /proc/self/status. */
export function hasCapability(
  name: CapabilityName,
  status: string = readFileSync('/proc/self/status', 'utf8'),
): boolean {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return ((effective >> BigInt(capabilities[name])) & 1n) === 1n;
}

/** Those that root of a machine with nodes of namespaces must have, and lacks. */
export function missingCapabilities(status: string): readonly CapabilityName[] {
  return (Object.keys(capabilities) as CapabilityName[]).filter(
    (name) => name !== 'sys_resource' && !hasCapability(name, status),
  );
}
