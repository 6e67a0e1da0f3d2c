import { sshPort } from './known-hosts/host-id.ts';
import { ownUser } from './own-user.ts';
import type { BastionTarget } from './transport.ts';

/** One sshd, and who it is for people: a node, or the bastion on the way to nodes. */
export interface Endpoint {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
}

/** A target with what OpenSSH takes when nothing is said. */
export function endpointOf(
  node: string,
  { address, port, user }: Pick<BastionTarget, 'address' | 'port' | 'user'>,
): Endpoint {
  return { node, address, port: port ?? sshPort, user: user ?? ownUser() };
}

/** What a bastion is called where a node's name stands in an error. */
export function bastionName({ address }: Pick<BastionTarget, 'address'>): string {
  return `bastion ${address}`;
}
