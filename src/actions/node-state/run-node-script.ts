import type { ErrorCode } from '../../errors/catalogue.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection, StreamedInput } from '../../transport/transport.ts';
import prelude from './prelude.sh?raw';
import { printableText } from '../../text/printable.ts';
import { parseReply, valueOf, type Reply } from './reply.ts';

export interface NodeScriptCall {
  readonly script: string;
  readonly args: readonly string[];
  readonly input?: Uint8Array;
  readonly streamedInput?: StreamedInput;
  /** Ends the script: for one whose caller looks how far it got. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly maxOutputBytes?: number;
  /** Its standard output while it runs. */
  readonly onStdout?: (chunk: Uint8Array) => void;
  /** What it says that only its own kind knows, by the word that the script gives with `fail`. */
  readonly failures?: Readonly<Record<string, ErrorCode | ((words: string) => ErrorCode)>>;
}

/** A script of ours takes milliseconds; a node in trouble may take a thousand times as long. */
const defaultTimeoutMs = 60_000;
const defaultMaxOutputBytes = 256 * 1024;

/**
 * Runs one of nodemend's own scripts on a node, as root, and reads its reply. A refusal is part of the reply. Once
 * sent, a change is waited for, so that we know how far it got; only who looks for that by itself gives a signal.
 * @throws NodemendError what `exec` throws; NODE_SCRIPT_DIED without an outcome; NODE_BUSY, NODE_WRITE_FAILED,
 *   STAGED_FILE_CHANGED, BACKUP_DAMAGED or one of `failures` when the script says that it failed.
 */
export async function runNodeScript(connection: NodeConnection, call: NodeScriptCall): Promise<Reply> {
  const result = await connection.exec({
    script: `${prelude}\n${call.script}`,
    args: call.args,
    ...(call.input ? { input: call.input } : {}),
    ...(call.streamedInput ? { streamedInput: call.streamedInput } : {}),
    ...(call.signal ? { signal: call.signal } : {}),
    ...(call.onStdout ? { onStdout: call.onStdout } : {}),
    privilege: 'root',
    timeoutMs: call.timeoutMs ?? defaultTimeoutMs,
    maxOutputBytes: call.maxOutputBytes ?? defaultMaxOutputBytes,
  });
  const reply = parseReply(result.stdout);
  if (!reply) {
    const said = printableText(Buffer.from(result.stderr).toString('utf8')).trim().slice(0, 500);
    throw new NodemendError('NODE_SCRIPT_DIED', { node: connection.node, exit: result.exitCode, words: said || '-' });
  }
  if (reply.outcome === 'failed') throw failure(connection.node, reply, call.failures);
  return reply;
}

function failure(node: string, reply: Reply, failures: NodeScriptCall['failures'] = {}): NodemendError {
  const [reason, words] = [valueOf(reply, 'reason'), valueOf(reply, 'words') || '-'];
  const own = failures[reason];
  if (own) return new NodemendError(typeof own === 'string' ? own : own(words), { node, words });
  switch (reason) {
    case 'busy':
      return new NodemendError('NODE_BUSY', { node });
    case 'not-staged':
      return new NodemendError('STAGED_FILE_CHANGED', { node, found: words });
    case 'backup-damaged':
      return new NodemendError('BACKUP_DAMAGED', { node, found: words });
    default:
      return new NodemendError('NODE_WRITE_FAILED', { node, words, ...deniedTo(words) });
  }
}

/** What root may not do either is most often a file that was made unchangeable (EPERM, in the words of the C library). */
function deniedTo(words: string): { readonly context?: 'denied' } {
  return /Operation not permitted/iu.test(words) ? { context: 'denied' } : {};
}
