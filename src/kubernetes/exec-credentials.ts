import type { Credentials } from './credentials.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import { execInfo, parseExecCredential, type ExecCredential } from './exec-credential.ts';
import { runExecPlugin } from './exec-plugin.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfig-file.ts';
import type { Timing } from './timing.ts';

export interface ExecCredentialsOptions {
  readonly entry: ExecEntry;
  readonly cluster: ClusterEntry;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether standard input is a terminal. */
  readonly hasTerminal: boolean;
  readonly timing: Timing;
}

/** A browser login takes a person a while; kubectl waits for ever. */
const timeoutMs = 300_000;

/**
 * Credentials from an exec plugin: run when first needed, kept in memory until their expirationTimestamp or until the
 * server rejects them, and run once for requests that wait at the same time.
 * @throws NodemendError EXEC_PLUGIN_… from `current`.
 */
export function execCredentials(options: ExecCredentialsOptions): Credentials {
  let cached: ExecCredential | undefined;
  let running: SharedRun | undefined;
  const isFresh = ({ expiresAt }: ExecCredential) => expiresAt === undefined || expiresAt > options.timing.now();
  const start = (): SharedRun => {
    const run: SharedRun = shareRun(async (signal) => {
      try {
        return (cached = await runPlugin(options, signal));
      } finally {
        if (running === run) running = undefined;
      }
    });
    return run;
  };
  return {
    current: async (signal) => {
      if (cached && isFresh(cached)) return cached.credential;
      running ??= start();
      return (await running.wait(signal)).credential;
    },
    reject: (rejected) => {
      // Another request may have brought a new one meanwhile: only what was rejected is forgotten.
      if (cached?.credential.token === rejected.token) cached = undefined;
      return true;
    },
  };
}

async function runPlugin(
  { entry, cluster, environment, hasTerminal }: ExecCredentialsOptions,
  signal: AbortSignal,
): Promise<ExecCredential> {
  const interactive = entry.interactiveMode !== 'Never' && hasTerminal;
  if (entry.interactiveMode === 'Always' && !hasTerminal)
    throw new NodemendError('EXEC_PLUGIN_NEEDS_TERMINAL', { command: entry.command });
  const output = await runExecPlugin({
    entry,
    execInfo: execInfo(entry, cluster, interactive),
    environment,
    interactive,
    terminal: process.stderr,
    timeoutMs,
    signal,
  });
  return parseExecCredential(entry, output);
}

interface SharedRun {
  readonly wait: (signal: AbortSignal | undefined) => Promise<ExecCredential>;
}

/** One run for several callers: who gives up does not end it for the others, the last one who gives up does. */
function shareRun(start: (signal: AbortSignal) => Promise<ExecCredential>): SharedRun {
  const controller = new AbortController();
  const result = start(controller.signal);
  let waiting = 0;
  const wait = async (signal: AbortSignal | undefined): Promise<ExecCredential> => {
    signal?.throwIfAborted();
    waiting++;
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([result, aborted.promise]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      if (--waiting === 0) controller.abort();
    }
  };
  return { wait };
}
