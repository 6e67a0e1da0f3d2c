import { NodemendError } from '../../errors/nodemend-error.ts';
import type { BastionTarget } from '../transport.ts';

/** Where ssh is told to go: what was asked for, and nothing that the user's own configuration is to say. */
export interface Destination extends Pick<BastionTarget, 'address' | 'port' | 'user' | 'identityFiles'> {
  /** For people: the node's name, or the bastion's. */
  readonly node: string;
}

/**
 * Names and users reach commands of the user's configuration (`%h`, `%r` in ProxyCommand and Match exec;
 * CVE-2023-51385), so what could be read as an option or by a shell is refused here.
 * @throws NodemendError TARGET_UNUSABLE
 */
export function checkDestination({ node, address, user }: Destination): void {
  if (!/^[\w:][\w.:%-]*$/.test(address))
    throw new NodemendError('TARGET_UNUSABLE', { node, what: 'address', value: JSON.stringify(address) });
  if (user !== undefined && !/^[\w.][\w.@+-]*$/.test(user)) {
    throw new NodemendError('TARGET_UNUSABLE', { node, what: 'user', value: JSON.stringify(user) });
  }
}
