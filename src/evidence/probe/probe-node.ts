import { randomBytes } from 'node:crypto';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { ExecResult, NodeConnection } from '../../transport/transport.ts';
import type { NodeAccess, NodeEvidence, Section, Seen } from '../evidence.ts';
import { unknownOf } from '../unknown.ts';
import { identityKey, type ComposedProbe } from './compose.ts';
import { parseFrames, type ProbeReply } from './frames.ts';
import { parseIdentity } from './identity.ts';
import { seeSection } from './section-seen.ts';

/** All sections of one node together; a node with more to say has something to hide or is broken. */
const maxReplyBytes = 16 * 1024 * 1024;
/** What the shell needs beside the sections: starting, sudo, sending. */
const overheadMs = 5_000;

export interface ProbeOptions {
  readonly probe: ComposedProbe;
  /** Time budget of all sections together, seconds. */
  readonly budgetSeconds: number;
  readonly signal: AbortSignal;
  /** When dialling began, `performance.now()`. */
  readonly startedAt: number;
}

export type ProbedNode = Pick<NodeEvidence, 'access' | 'sections'>;

/** One exec: sends the probe, reads what arrives. A connection that is cut costs only the sections that had not arrived. */
export async function probeNode(connection: NodeConnection, options: ProbeOptions): Promise<ProbedNode> {
  const marker = randomBytes(16).toString('hex');
  const arrived: Uint8Array[] = [];
  const clock = { before: Date.now() };
  let result: ExecResult | undefined;
  let failure: NodemendError | undefined;
  try {
    result = await connection.exec({
      script: options.probe.script,
      args: [marker, String(options.budgetSeconds)],
      privilege: 'preferred',
      timeoutMs: options.budgetSeconds * 1_000 + overheadMs,
      maxOutputBytes: maxReplyBytes,
      onStdout: (chunk) => arrived.push(chunk),
      signal: options.signal,
    });
  } catch (error) {
    if (!isNodemendError(error)) throw error;
    failure = error;
  }
  const reply = parseFrames(marker, Buffer.concat(arrived));
  failure ??= missingFailure(connection.node, reply, result);
  return {
    access: seeAccess({ connection, reply, result, failure, sentAt: clock.before, tookMs: Math.round(performance.now() - options.startedAt) }),
    sections: seeSections(connection.node, options.probe, reply, failure),
  };
}

/** Why sections are missing although the exec itself ended: undefined when none is. */
function missingFailure(node: string, reply: ProbeReply, result: ExecResult | undefined): NodemendError | undefined {
  if (reply.complete || result === undefined) return undefined;
  if (result.truncated) return new NodemendError('PROBE_OUTPUT_TOO_LARGE', { node });
  const [said = ''] = Buffer.from(result.stderr).toString('utf8').trim().split('\n').slice(-1);
  return new NodemendError('PROBE_ENDED_EARLY', { node, exitCode: result.exitCode, detail: said.slice(0, 200) });
}

interface Answer {
  readonly connection: NodeConnection;
  readonly reply: ProbeReply;
  readonly result: ExecResult | undefined;
  readonly failure: NodemendError | undefined;
  readonly sentAt: number;
  readonly tookMs: number;
}

function seeAccess({ connection, reply, result, failure, sentAt, tookMs }: Answer): Seen<NodeAccess> {
  const frame = reply.sections.get(identityKey);
  const identity = frame && parseIdentity(Buffer.from(frame.output).toString('utf8'));
  if (!frame || !identity) return unknownOf(failure ?? new NodemendError('NODE_IDENTITY_UNKNOWN', { node: connection.node }));
  const uptimeMs = ((reply.endUptime ?? identity.uptime) - identity.uptime) * 1_000;
  // The clock was read somewhere between our sending and the answer's end minus what the sections took: the middle of it.
  const readAt = sentAt + Math.max(0, Date.now() - sentAt - uptimeMs) / 2;
  const byUid = identity.uid === 0 ? (connection.user === 'root' ? 'root' : 'sudo') : 'unprivileged';
  return {
    state: 'seen',
    value: {
      transport: connection.kind,
      user: connection.user,
      privilege: result?.privilege ?? byUid,
      ...(result?.sudo === undefined ? {} : { sudo: result.sudo }),
      ...(connection.hostKey === undefined ? {} : { hostKey: connection.hostKey }),
      hostname: identity.hostname,
      machineId: identity.machineId,
      bootId: identity.bootId,
      clockSkewMs: Math.round(identity.clockMs - readAt),
      tookMs,
    },
  };
}

function seeSections(
  node: string,
  probe: ComposedProbe,
  reply: ProbeReply,
  failure: NodemendError | undefined,
): Readonly<Record<string, Seen<Section>>> {
  return Object.fromEntries(
    probe.sections.map((key) => {
      const frame = reply.sections.get(key);
      const seen = frame ? seeSection(node, frame) : unknownOf(failure ?? new NodemendError('SECTION_NOT_SENT', { node, section: key }));
      return [key, seen];
    }),
  );
}
