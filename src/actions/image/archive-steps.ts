import { randomUUID } from 'node:crypto';
import { NodemendError, isNodemendError } from '../../errors/nodemend-error.ts';
import { sha256 } from '../../hash/sha256.ts';
import { entryOf } from '../../images/archive/archive-layout.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import type { ActionContext, ActionStep, StepResult } from '../action.ts';
import { actionKey } from '../node-state/action-key.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import type { ArchiveRequest, OpenArchive } from './archives.ts';
import type { ArchiveSource, ImageAction } from './image-action.ts';
import { imageRefusal } from './image-refusal.ts';
import importScript from './import.sh?raw';
import { incomingArchiveName } from './incoming-name.ts';
import receiveScript from './receive.sh?raw';
import { runNodeScript, type NodeScriptCall } from '../node-state/run-node-script.ts';
import { imageArguments, runImageScript } from './run-image-script.ts';

type Received = ImageAction & { readonly source: ArchiveSource };

/**
 * What is read of an archive at once, bytes: one that is still on its way is gone on with when the least of it is there, so
 * that the last node has it a moment after it came; the most is little enough for the memory of as many nodes as are
 * worked on at a time.
 */
const piece = { least: 256 * 1024, most: 1024 * 1024 };

/** A node takes the next piece in this time, or is as good as gone: a slow one on a slow link does 16 KB a second. */
const stalledMs = 120_000;
/** As long as that goes on. */
const longestMs = 86_400_000;

/** An import reads, hashes and writes all of it; a disk in trouble does some megabytes a second. */
const leastBytesASecond = 2 * 1024 * 1024;
const leastMs = 60_000;

/**
 * How often in a row a connection may be lost, or not be had, before any byte has come through it; after the first a
 * second is waited, and twice as long each time: half a minute in all, in which an sshd or a switch is there again.
 */
const mostLosses = 6;
const pauseMs = 1_000;

/** `receive`: the archive is brought to the node; `import`: its runtime has it, under a name that nobody asks for. */
export function archiveSteps(spec: Received): readonly ActionStep[] {
  return [
    { name: 'receive', perform: (context) => receive(spec, context) },
    { name: 'import', perform: (context) => importIt(spec, context) },
  ];
}

async function receive(spec: Received, context: ActionContext): Promise<StepResult> {
  const { signal, connection } = context;
  try {
    signal.throwIfAborted();
    const archive = await openArchive(spec, context);
    return await new Receiving(spec, context, archive).bring();
  } catch (error) {
    // Whatever broke off by it: the node is not to blame.
    if (!signal.aborted) throw error;
    throw new NodemendError('COMMAND_INTERRUPTED', { node: connection.node }, { cause: error });
  }
}

/** @throws NodemendError IMAGE_SOURCE_AWAY where a run has no archives; what opening throws */
function openArchive(
  { image, digest, configuration, platform, source }: Received,
  context: ActionContext,
): Promise<OpenArchive> {
  const { archives, connection, run } = context;
  if (archives === undefined) throw new NodemendError('IMAGE_SOURCE_AWAY', { node: connection.node, image });
  const request: ArchiveRequest = {
    image,
    digest,
    platform,
    source,
    name: incomingArchiveName(digest, run),
    ...(configuration === undefined ? {} : { configuration }),
  };
  return archives.open(request);
}

type Sent = Pick<NodeScriptCall, 'input' | 'streamedInput' | 'signal' | 'timeoutMs'>;

/** Gives up on who takes nothing any more: `begin` when something is there to be taken, `over` when it was. */
class Stall {
  readonly #given = new AbortController();
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  get signal(): AbortSignal {
    return this.#given.signal;
  }

  begin(): void {
    this.over();
    this.#timer = setTimeout(() => this.#given.abort(), this.#ms);
  }

  over(): void {
    clearTimeout(this.#timer);
  }
}

/** One archive on its way to one node. */
class Receiving {
  private readonly spec: Received;
  private readonly context: ActionContext;
  private readonly archive: OpenArchive;
  private connection: NodeConnection;
  /** In a row. */
  private losses = 0;

  constructor(spec: Received, context: ActionContext, archive: OpenArchive) {
    this.spec = spec;
    this.context = context;
    this.archive = archive;
    this.connection = context.connection;
  }

  async bring(): Promise<StepResult> {
    const { length } = this.archive;
    const before = await this.next(undefined);
    let at = before;
    while (typeof at === 'number' && at < length) at = await this.next(at);
    if (typeof at !== 'number') return at;
    return before === length
      ? { outcome: 'already', detail: `${length} bytes had been received` }
      : { outcome: 'done', detail: `${length} bytes received` };
  }

  /**
   * Sends what comes next. @param at how much is there, where that is known
   * @returns how much is there then, or why it ends
   */
  private async next(at: number | undefined): Promise<number | StepResult> {
    const { context, archive } = this;
    context.signal.throwIfAborted();
    try {
      const there = await (at === undefined ? this.found() : this.send(at));
      this.losses = 0;
      if (typeof there === 'number') context.progress?.(there, archive.length);
      return there;
    } catch (error) {
      await this.reconnect(error);
      return this.next(undefined);
    }
  }

  /** @throws What was lost, where that is not the connection, or it was too often; what `sleep` throws */
  private async reconnect(lost: unknown): Promise<void> {
    const { timing, signal, reconnect } = this.context;
    this.losses += 1;
    signal.throwIfAborted();
    if (!this.isLoss(lost) || this.losses >= mostLosses) throw lost;
    await timing.sleep(pauseMs * 2 ** (this.losses - 1), signal);
    try {
      this.connection = await reconnect();
    } catch (error) {
      await this.reconnect(error);
    }
  }

  /** How much of this very archive is there: what is not a beginning of it counts for nothing. */
  private async found(): Promise<number | StepResult> {
    const timeoutMs = leastMs + Math.ceil((this.archive.length / leastBytesASecond) * 1000);
    const reply = await this.run(0, 0, { input: new Uint8Array(), timeoutMs });
    const end = this.endOf(reply);
    if (end) return end;
    const there = Number(valueOf(reply, 'there'));
    if (there === 0 || there > this.archive.length) return 0;
    return (await this.archive.sha256(there)) === valueOf(reply, 'sum') ? there : 0;
  }

  /** All that is left, in one go. */
  private async send(at: number): Promise<number | StepResult> {
    const stall = new Stall(stalledMs);
    const length = this.archive.length - at;
    const reply = await this.run(at, length, {
      streamedInput: { length, chunks: this.pieces(at, stall) },
      timeoutMs: longestMs,
      // What is there then is found by the next run.
      signal: AbortSignal.any([stall.signal, this.context.signal]),
    }).finally(() => stall.over());
    return this.endOf(reply) ?? (reply.outcome === 'elsewhere' ? this.found() : Number(valueOf(reply, 'there')));
  }

  private async *pieces(at: number, stall: Stall): AsyncGenerator<Uint8Array> {
    const { context, archive } = this;
    for (let from = at; from < archive.length;) {
      context.signal.throwIfAborted();
      const bytes = await archive.read(from, piece);
      from += bytes.length;
      stall.begin();
      yield bytes;
      // The last one is told when the node says that it has it.
      if (from < archive.length) context.progress?.(from, archive.length);
      stall.over();
    }
    stall.begin();
  }

  private endOf(reply: Reply): StepResult | undefined {
    if (reply.outcome === 'refused') return imageRefusal(this.spec, reply, this.now());
    return reply.outcome === 'already' ? { outcome: 'already', detail: 'it had been received' } : undefined;
  }

  private run(from: number, bytes: number, sent: Sent): Promise<Reply> {
    const { spec, context, archive } = this;
    const { path, needed, keepFree, archiveKeepFree = 0 } = spec.room;
    const numbers = [from, bytes, archive.length].map(String);
    // It asks nothing of the runtime.
    return runNodeScript(this.connection, {
      script: receiveScript,
      args: [...placeArgs(spec, context), ...numbers, path, ...[needed, keepFree, archiveKeepFree].map(String)],
      ...sent,
    });
  }

  /** Of this node, and not of the one that the archive comes from; a script that is still there holds the node's turn. */
  private isLoss(error: unknown): boolean {
    if (!isNodemendError(error) || error.params['node'] !== this.connection.node) return false;
    return error.retryable || ['COMMAND_TIMED_OUT', 'COMMAND_INTERRUPTED', 'NODE_BUSY'].includes(error.code);
  }

  private now(): ActionContext {
    return { ...this.context, connection: this.connection };
  }
}

async function importIt(spec: Received, context: ActionContext): Promise<StepResult> {
  const archive = await openArchive(spec, context);
  const { digest } = spec;
  const mark = Buffer.from(randomUUID(), 'utf8');
  const reply = await runImageScript(spec, context, {
    script: importScript,
    args: [...imageArguments(spec, context), `sha256:${sha256(mark)}`, ...archive.blobs],
    input: await entryOf('nodemend-mark', mark),
    timeoutMs: leastMs + Math.ceil((archive.length / leastBytesASecond) * 1000),
  });
  if (reply.outcome === 'refused') return imageRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'it had been imported' }
    : { outcome: 'done', detail: `${digest} imported` };
}

function placeArgs(spec: Received, { run, session }: ActionContext): readonly string[] {
  return [run, session, actionKey(spec.id, spec.image)];
}
