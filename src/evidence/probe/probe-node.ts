import { randomBytes } from 'node:crypto';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { ExecResult, NodeConnection } from '../../transport/transport.ts';
import { inOneLine } from '../../text/printable.ts';
import type { NodeEvidence, Section, Observed } from '../evidence.ts';
import { redactText } from '../redact.ts';
import { unknownOf } from '../unknown.ts';
import type { ComposedProbe } from './compose.ts';
import { parseFrames, type ProbeReply } from './frames.ts';
import { seeAccess } from './node-access.ts';
import { observeSection } from './observed-section.ts';

/** All sections of one node together, bytes. */
const largestReply = 16 * 1024 * 1024;
/** What an exec may take beside the sections: reaching root, sending, ending what hangs; milliseconds. */
const overheadMs = 5_000;

export interface ProbeOptions {
  readonly probe: ComposedProbe;
  /** Time budget of all sections together, seconds; kept by the node itself. */
  readonly budgetSeconds: number;
  readonly signal: AbortSignal;
  /** When dialling began, `performance.now()`. */
  readonly startedAt: number;
}

export type ProbedNode = Pick<NodeEvidence, 'access' | 'sections'>;

/** What one exec came to. */
export interface ProbeAnswer {
  readonly connection: NodeConnection;
  readonly reply: ProbeReply;
  /** Undefined when the exec itself failed; then `failure` says why. */
  readonly result: ExecResult | undefined;
  /** Why sections are missing; undefined when the reply is complete. */
  readonly failure: NodemendError | undefined;
  /** Our clock, milliseconds since the epoch. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/**
 * Sends the probe in one exec and reads what arrives: a connection that is cut, a time-out or Ctrl-C costs only the
 * sections that had not arrived.
 */
export async function probeNode(connection: NodeConnection, options: ProbeOptions): Promise<ProbedNode> {
  const answer = await ask(connection, options);
  return {
    access: seeAccess(answer, Math.round(performance.now() - options.startedAt)),
    sections: Object.fromEntries(options.probe.sections.map((key) => [key, seeOne(answer, key)])),
  };
}

async function ask(connection: NodeConnection, options: ProbeOptions): Promise<ProbeAnswer> {
  const marker = randomBytes(16).toString('hex');
  const arrived: Uint8Array[] = [];
  const sentAt = Date.now();
  const outcome = await settled(
    connection.exec({
      script: options.probe.script,
      args: [marker, String(options.budgetSeconds)],
      privilege: 'preferred',
      timeoutMs: options.budgetSeconds * 1_000 + overheadMs,
      maxOutputBytes: largestReply,
      onStdout: (chunk) => arrived.push(chunk),
      signal: options.signal,
    }),
  );
  const answeredAt = Date.now();
  if ('failure' in outcome) {
    const reply = parseFrames(marker, Buffer.concat(arrived));
    return { connection, reply, result: undefined, failure: outcome.failure, sentAt, answeredAt };
  }
  const reply = parseFrames(marker, outcome.result.stdout);
  return {
    connection,
    reply,
    result: outcome.result,
    failure: incompleteness(connection.node, reply, outcome.result),
    sentAt,
    answeredAt,
  };
}

type Outcome = { readonly result: ExecResult } | { readonly failure: NodemendError };

async function settled(exec: Promise<ExecResult>): Promise<Outcome> {
  try {
    return { result: await exec };
  } catch (error) {
    if (isNodemendError(error)) return { failure: error };
    throw error;
  }
}

/** Why sections are missing although the exec went through. */
function incompleteness(
  node: string,
  reply: ProbeReply,
  { truncated, exitCode, stderr }: ExecResult,
): NodemendError | undefined {
  if (reply.complete) return undefined;
  if (truncated) return new NodemendError('PROBE_OUTPUT_TOO_LARGE', { node, limit: largestReply });
  const last = redactText(Buffer.from(stderr).toString('utf8')).trim().split('\n').at(-1) ?? '';
  return new NodemendError('PROBE_ENDED_EARLY', { node, exitCode, detail: inOneLine(last) || 'no message' });
}

function seeOne({ connection: { node }, reply, failure }: ProbeAnswer, key: string): Observed<Section> {
  const frame = reply.sections.get(key);
  if (frame) return observeSection(node, frame);
  return unknownOf(failure ?? new NodemendError('SECTION_NOT_SENT', { node, section: key }));
}
