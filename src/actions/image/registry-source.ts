import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext, ActionStep, StepResult } from '../action.ts';
import { actionKey } from '../node-state/action-key.ts';
import { refused } from '../node-state/refusal.ts';
import fetchScript from './fetch.sh?raw';
import type { ImageAction, RegistrySource } from './image-action.ts';
import { imageRefusal } from './image-refusal.ts';
import { tellPull } from './pull-progress.ts';
import type { Reply } from '../node-state/reply.ts';
import { runNodeScript } from '../node-state/run-node-script.ts';
import { imageArguments, runImageScript } from './run-image-script.ts';
import stopScript from './stop.sh?raw';

/** When a pull is given up. Seconds. */
export interface PullLimits {
  /** Without anything coming. */
  readonly patience: number;
  readonly total: number;
}

/** Two minutes without a byte are the registry's fault. */
const patience = 120;
/** What every pull may take; then so many bytes a second are the least: a quarter of a megabyte. */
const floor = { seconds: 600, bytesPerSecond: 256 * 1024 } as const;

/** What a script says each second of a part, and beside that in all. */
const saidBytes = 32;
const replyBytes = 256 * 1024;

function limitsFor({ bytes }: ImageAction): PullLimits {
  return { patience, total: floor.seconds + Math.ceil(bytes / floor.bytesPerSecond) };
}

export function fetchSteps(
  spec: ImageAction,
  source: RegistrySource,
  limits: PullLimits = limitsFor(spec),
): readonly ActionStep[] {
  return [{ name: 'fetch', perform: (context) => fetchImage(spec, source, { context, limits }) }];
}

/** What an action pulls from a registry, and as whom; undefined for one that pulls nothing. Pure. */
export function registryPull(action: {
  readonly kind: string;
}): Pick<RegistrySource, 'reference' | 'login'> | undefined {
  if (action.kind !== 'image') return undefined;
  const { source } = action as ImageAction;
  return source.from === 'registry' ? source : undefined;
}

async function fetchImage(
  spec: ImageAction,
  source: RegistrySource,
  { context, limits }: { readonly context: ActionContext; readonly limits: PullLimits },
): Promise<StepResult> {
  const user = source.login?.user ?? '';
  const password = user === '' ? '' : context.secret(spec.id);
  // A terminal would take a control character for what it stands for.
  if (password === undefined || /\p{Cc}/u.test(password))
    return refused('IMAGE_PASSWORD_MISSING', { node: spec.node, image: spec.image, user });
  const { parts = [] } = source;
  const telling = tellPull(parts, context.progress);
  const pull = runImageScript(spec, context, {
    script: fetchScript,
    args: [
      ...imageArguments(spec, context),
      ...pullArguments(spec, source, limits),
      ...parts.map(({ digest }) => digest),
    ],
    onStdout: telling.onStdout,
    maxOutputBytes: replyBytes + (limits.total + 300) * (parts.length + 1) * saidBytes,
    ...(user === '' ? {} : { input: loginInput(spec, source, { user, password }) }),
    // What is left when the script itself cannot end it.
    timeoutMs: (limits.total + 300) * 1000,
  });
  const reply = await untilStopped(spec, context, pull);
  if (reply.outcome === 'refused') return imageRefusal(spec, reply, context);
  telling.isWhole();
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'it had been pulled' }
    : { outcome: 'done', detail: `pulled ${source.reference}` };
}

/**
 * Has the node end a pull on Ctrl-C, by a script beside it, and waits for what the pull says then. A script that were killed
 * could take nothing back, and one that only lost its connection goes on. A node that cannot be told is waited for.
 * @throws NodemendError COMMAND_INTERRUPTED where the node has ended it, and left nothing of it; what the pull throws
 */
async function untilStopped(spec: ImageAction, context: ActionContext, pull: Promise<Reply>): Promise<Reply> {
  const { connection, run, session, signal } = context;
  const args = [run, session, actionKey(spec.id, spec.image)];
  let telling: Promise<unknown> | undefined;
  const stop = (): void => {
    telling = runNodeScript(connection, { script: stopScript, args }).catch(() => undefined);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    const reply = await pull;
    if (reply.outcome === 'stopped') throw new NodemendError('COMMAND_INTERRUPTED', { node: spec.node });
    return reply;
  } finally {
    signal.removeEventListener('abort', stop);
    await telling;
  }
}

function pullArguments({ room }: ImageAction, source: RegistrySource, limits: PullLimits): readonly string[] {
  const { hosts, login, hostsFolder = '' } = source;
  const bounds = [String(limits.patience), String(limits.total), room.path];
  const { needed, keepFree, inodes = { needed: 0, keepFree: 0 } } = room;
  const bytes = [needed, keepFree, inodes.needed, inodes.keepFree].map(String);
  return [hosts, login?.user ?? '', ...bounds, hostsFolder, ...bytes, ...tlsArguments(source)];
}

function tlsArguments({ tls = {} }: RegistrySource): readonly string[] {
  const { skipVerify, ca = '', certificate = '', key = '' } = tls;
  return [skipVerify ? 'skip-verify' : '', ca, certificate, key];
}

/** What the client of a runtime is logged in with: it goes to the node's standard input, and nowhere else. */
function loginInput(
  { runtime }: ImageAction,
  { reference }: RegistrySource,
  { user, password }: { readonly user: string; readonly password: string },
): Uint8Array {
  if (runtime === 'containerd') return Buffer.from(`${password}\n`);
  const host = reference.slice(0, reference.indexOf('/'));
  // Docker Hub's logins stand under the address of its first API (docker/cli, cli/config).
  const key = host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
  const auth = Buffer.from(`${user}:${password}`).toString('base64');
  return Buffer.from(JSON.stringify({ auths: { [key]: { auth } } }));
}
