import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeAccess, Observed } from '../evidence.ts';
import { unknownOf } from '../unknown.ts';
import { identityKey } from './compose.ts';
import { parseIdentity, type NodeIdentity } from './identity.ts';
import type { ProbeAnswer } from './probe-node.ts';

/** How we got onto the node and who it says it is; known as soon as its first section arrived, whatever came after. */
export function seeAccess(answer: ProbeAnswer, tookMs: number): Observed<NodeAccess> {
  const { connection, reply, result, failure } = answer;
  const { node, hostKey } = connection;
  const frame = reply.sections.get(identityKey);
  if (!frame)
    return unknownOf(
      failure ?? new NodemendError('NODE_IDENTITY_UNKNOWN', { node, problem: 'its answer has no such part' }),
    );
  const identity = parseIdentity(Buffer.from(frame.output).toString('utf8'));
  if (!identity)
    return unknownOf(new NodemendError('NODE_IDENTITY_UNKNOWN', { node, problem: 'its answer cannot be read' }));
  return {
    state: 'seen',
    value: {
      transport: connection.kind,
      user: connection.user,
      privilege: result?.privilege ?? privilegeByUid(identity, connection.user),
      ...(result?.sudo === undefined ? {} : { sudo: result.sudo }),
      ...(hostKey === undefined ? {} : { hostKey }),
      hostname: identity.hostname,
      machineId: identity.machineId,
      bootId: identity.bootId,
      clockSkewMs: clockSkewMs(identity, answer),
      tookMs,
    },
  };
}

/** For an exec that was cut off before it could say how it ran. */
function privilegeByUid({ uid }: NodeIdentity, user: string): NodeAccess['privilege'] {
  if (uid !== 0) return 'unprivileged';
  return user === 'root' ? 'root' : 'sudo';
}

/**
 * NTP's offset (RFC 5905, section 8) with four times: our sending and receiving, the node's clock when it was read, and
 * the same plus what the node's uptime advanced until the last frame. Right to half of what the way took, which for the
 * sending includes starting the shell and sudo.
 */
function clockSkewMs({ clockMs, uptime }: NodeIdentity, { reply, sentAt, answeredAt }: ProbeAnswer): number {
  const workedMs = ((reply.endUptime ?? uptime) - uptime) * 1000;
  return Math.round((clockMs - sentAt + (clockMs + workedMs - answeredAt)) / 2);
}
