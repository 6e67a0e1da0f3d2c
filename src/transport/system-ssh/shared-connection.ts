import { existsSync, readFileSync, rmSync } from 'node:fs';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { startChild } from '../command/child-process.ts';
import type { NodeProcess, ProcessEnd } from '../command/node-process.ts';
import { Deadline } from '../deadline.ts';
import { endpointOf, type Endpoint } from '../endpoint.ts';
import { retrying } from '../retry.ts';
import type { Limits } from '../within.ts';
import { checkDestination, type Destination } from './destination.ts';
import { environmentWith, missingClient } from './run-ssh.ts';
import { masterArguments, sharedArguments, sharedName, throughCommand } from './ssh-arguments.ts';
import { failureInLog, forwardFailureIn, readConnected, type Connected } from './ssh-log.ts';
import { sshOutput } from './ssh-output.ts';
import type { SshPrograms } from './ssh-programs.ts';

export interface Way {
  readonly destination: Destination;
  /** A bastion that was named to us; else the user's configuration says the way. */
  readonly through?: SharedConnection;
  /** The bastion, or the proxy of the user's configuration, for people. */
  readonly bastion: string;
}

/** How long telling a connection to end may take. */
const exitMs = 2000;
const lingerMs = 1000;
/** ssh's exit code for its own failures. */
const sshFailed = 255;

/** A connection of the OpenSSH client that commands share (ControlMaster). */
export class SharedConnection {
  readonly #programs: SshPrograms;
  readonly #way: Way;
  readonly #controlPath: string;
  readonly #logPath: string;
  #connected: Connected = { hostKey: undefined, user: undefined };
  #reopening: Promise<void> | undefined;
  #closed = false;

  private constructor(programs: SshPrograms, way: Way) {
    this.#programs = programs;
    this.#way = way;
    this.#controlPath = programs.folder.next();
    this.#logPath = `${this.#controlPath}.log`;
  }

  /** @throws NodemendError SSH_…, TARGET_UNUSABLE, COMMAND_INTERRUPTED */
  static async open(programs: SshPrograms, way: Way, signal: AbortSignal): Promise<SharedConnection> {
    checkDestination(way.destination);
    const connection = new SharedConnection(programs, way);
    await connection.#connect(signal);
    return connection;
  }

  get hostKey(): string | undefined {
    return this.#connected.hostKey;
  }

  get user(): string | undefined {
    return this.#connected.user;
  }

  /**
   * Opens it again when it is not open any more: it ends by itself after a minute without use. @throws NodemendError
   * SSH_…
   */
  async keepOpen(): Promise<void> {
    if (this.#closed)
      throw new NodemendError('SSH_CONNECTION_LOST', {
        node: this.#way.destination.node,
        detail: 'it was closed before the command',
      });
    if (this.#reopening === undefined && existsSync(this.#controlPath)) return;
    // Once, whoever asks: two of them could not share one control path.
    this.#reopening ??= this.#connectAgain().finally(() => (this.#reopening = undefined));
    await this.#reopening;
  }

  /** @throws NodemendError SSH_CLIENT_MISSING, and SSH_… when it had to be opened again and could not. */
  async start(command: string): Promise<NodeProcess> {
    await this.keepOpen();
    const { sshProgram, agentSocket } = this.#programs.settings;
    const args = [...sharedArguments(this.#controlPath), '-T', sharedName, command];
    try {
      const child = await startChild(sshProgram, args, environmentWith(agentSocket));
      return { ...child, ended: child.ended.then(withoutSshFailure), release: () => linger(child) };
    } catch (error) {
      throw missingClient(sshProgram, error as NodeJS.ErrnoException);
    }
  }

  /** Never fails: what does not end now ends by itself. */
  async close(): Promise<void> {
    this.#closed = true;
    if (!existsSync(this.#controlPath)) return;
    const run = this.#programs.run([...sharedArguments(this.#controlPath), '-O', 'exit', sharedName]);
    await sshOutput(run, this.#limits(exitMs, new AbortController().signal)).catch(() => undefined);
  }

  #connect(signal: AbortSignal): Promise<void> {
    const limits = this.#limits(this.#programs.settings.connectTimeoutMs, signal);
    return retrying(() => this.#connectOnce(limits), limits.deadline, signal);
  }

  async #connectOnce(limits: Limits): Promise<void> {
    const { destination, through, bastion } = this.#way;
    const { settings } = this.#programs;
    await through?.keepOpen();
    const proxyCommand = through && throughCommand(settings.sshProgram, through.#controlPath);
    const shared = { settings, destination, controlPath: this.#controlPath, logPath: this.#logPath };
    rmSync(this.#logPath, { force: true });
    const args = masterArguments(proxyCommand === undefined ? shared : { ...shared, proxyCommand });
    const { code, output } = await sshOutput(this.#programs.run(args), limits);
    const log = readLog(this.#logPath);
    if (code !== 0) {
      const user = readConnected(log).user ?? limits.endpoint.user;
      const said = [log, output, through?.whyNotForwarded(limits.endpoint)].join('\n');
      throw failureInLog(said, { destination, user, bastion, seconds: limits.deadline.seconds });
    }
    this.#connected = readConnected(log);
  }

  /** A shared connection tells those that go through it that it cannot forward, and its own log why. */
  whyNotForwarded({ address, port }: Endpoint): string {
    return forwardFailureIn(readLog(this.#logPath), address, port);
  }

  async #connectAgain(): Promise<void> {
    const before = this.#connected.hostKey;
    await this.#connect(new AbortController().signal);
    if (this.#connected.hostKey === before) return;
    const { node, address } = this.#way.destination;
    const fingerprint = this.#connected.hostKey ?? '';
    await this.close();
    throw new NodemendError('SSH_HOST_KEY_CHANGED', {
      node,
      address,
      fingerprint,
      entry: address,
      place: 'the connection before',
    });
  }

  #limits(milliseconds: number, signal: AbortSignal): Limits {
    const { destination } = this.#way;
    return { endpoint: endpointOf(destination.node, destination), deadline: new Deadline(milliseconds), signal };
  }
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // ssh did not get as far as making it.
    return '';
  }
}

/** ssh ends as soon as the session does. What a script left behind may keep it: then we end ssh. */
function linger(child: NodeProcess): void {
  const timer = setTimeout(child.kill, lingerMs).unref();
  void child.ended.then(() => clearTimeout(timer));
}

/** A script's own exit code is in its end mark: from ssh itself 255 means that the connection, or it, failed. */
function withoutSshFailure(end: ProcessEnd): ProcessEnd {
  return end.code === sshFailed ? {} : end;
}
