import { NodemendError, isNodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import type { ActionContext, ActionStep, StepResult } from '../action.ts';
import { actionKey } from '../node-state/action-key.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import type { ArchiveRequest, OpenArchive } from './archives.ts';
import type { ArchiveSource, ImageAction } from './image-action.ts';
import { imageRefusal } from './image-refusal.ts';
import importScript from './import.sh?raw';
import { incomingName } from './incoming-name.ts';
import receiveScript from './receive.sh?raw';
import { runNodeScript } from '../node-state/run-node-script.ts';
import { runImageScript } from './run-image-script.ts';

type Received = ImageAction & { readonly source: ArchiveSource };

/**
 * What goes to a node at once, bytes: enough that the start of a script does not count, little enough for the memory of
 * as many nodes as are worked on at a time. Who reads an archive while it comes waits for so much of it.
 */
const chunk = 4 * 1024 * 1024;

/** A slow node on a slow link: so many bytes a second it takes at the least. */
const leastBytesASecond = 16 * 1024;
const leastMs = 60_000;

/** How often in a row a connection may be lost before any byte has come through it. */
const mostLosses = 4;
const pauseMs = 1_000;

/** `receive`: the archive is brought to the node; `import`: its runtime has it, under a name that nobody asks for. */
export function archiveSteps(spec: Received): readonly ActionStep[] {
  return [
    { name: 'receive', perform: (context) => receive(spec, context) },
    { name: 'import', perform: (context) => importIt(spec, context) },
  ];
}

async function receive(spec: Received, context: ActionContext): Promise<StepResult> {
  const archive = await openArchive(spec, context);
  return new Receiving(spec, context, archive).bring();
}

/** @throws NodemendError IMAGE_SOURCE_AWAY where a run has no archives; what opening throws */
function openArchive(
  { image, digest, configuration, platform, runtime, source }: Received,
  context: ActionContext,
): Promise<OpenArchive> {
  const { archives, connection, run } = context;
  if (archives === undefined) throw new NodemendError('IMAGE_SOURCE_AWAY', { node: connection.node, image });
  const request: ArchiveRequest = {
    image,
    digest,
    platform,
    source,
    name: incomingName({ runtime, source, digest }, run),
    ...(configuration === undefined ? {} : { configuration }),
  };
  return archives.open(request);
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
      this.losses += 1;
      if (!this.isLoss(error) || this.losses >= mostLosses) throw error;
      await context.timing.sleep(pauseMs, context.signal);
      this.connection = await context.reconnect();
      return this.next(undefined);
    }
  }

  /** How much of this very archive is there: what is not a beginning of it counts for nothing. */
  private async found(): Promise<number | StepResult> {
    const reply = await this.run(0, new Uint8Array());
    const end = this.endOf(reply);
    if (end) return end;
    const there = Number(valueOf(reply, 'there'));
    if (there === 0 || there > this.archive.length) return 0;
    return (await this.archive.sha256(there)) === valueOf(reply, 'sum') ? there : 0;
  }

  private async send(at: number): Promise<number | StepResult> {
    const reply = await this.run(at, await this.archive.read(at, { least: chunk, most: chunk }));
    return this.endOf(reply) ?? (reply.outcome === 'elsewhere' ? this.found() : Number(valueOf(reply, 'there')));
  }

  private endOf(reply: Reply): StepResult | undefined {
    if (reply.outcome === 'refused') return imageRefusal(this.spec, reply, this.now());
    return reply.outcome === 'already' ? { outcome: 'already', detail: 'it had been received' } : undefined;
  }

  private run(from: number, bytes: Uint8Array): Promise<Reply> {
    const { spec, context, archive } = this;
    const { path, needed, keepFree } = spec.room;
    const numbers = [from, bytes.length, archive.length].map(String);
    // It asks nothing of the runtime, and goes to the node with each part.
    return runNodeScript(this.connection, {
      script: receiveScript,
      args: [...placeArgs(spec, context), ...numbers, path, String(needed), String(keepFree)],
      input: bytes,
      timeoutMs: leastMs + Math.ceil((bytes.length / leastBytesASecond) * 1000),
    });
  }

  /** Of this node, and not of the one that the archive comes from; a script that is still there holds the node's turn. */
  private isLoss(error: unknown): boolean {
    if (!isNodemendError(error) || error.params['node'] !== this.connection.node) return false;
    return error.retryable || ['COMMAND_TIMED_OUT', 'NODE_BUSY'].includes(error.code);
  }

  private now(): ActionContext {
    return { ...this.context, connection: this.connection };
  }
}

/** An import reads, hashes and writes all of it; a disk in trouble does some megabytes a second. */
const importBytesASecond = 2 * 1024 * 1024;

async function importIt(spec: Received, context: ActionContext): Promise<StepResult> {
  const archive = await openArchive(spec, context);
  const { socket, digest, configuration = '', platform } = spec;
  const reply = await runImageScript(spec, context, {
    script: importScript,
    args: [
      ...placeArgs(spec, context),
      socket,
      incomingName(spec, context.run),
      digest,
      configuration,
      platform,
      await archive.sha256(archive.length),
    ],
    timeoutMs: leastMs + Math.ceil((archive.length / importBytesASecond) * 1000),
  });
  if (reply.outcome === 'refused') return imageRefusal(spec, reply, context);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'it had been imported' }
    : { outcome: 'done', detail: `${digest} imported` };
}

function placeArgs(spec: Received, { run, session }: ActionContext): readonly string[] {
  return [run, session, actionKey(spec.id, spec.image)];
}
