import { existsSync } from 'node:fs';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { startChild } from '../command/child-process.ts';
import type { NodeProcess, ProcessEnd } from '../command/node-process.ts';
import { Deadline } from '../deadline.ts';
import { endpointOf } from '../endpoint.ts';
import { retrying } from '../retry.ts';
import type { Limits } from '../within.ts';
import { checkDestination, type Destination } from './destination.ts';
import { environmentWith, missingClient } from './run-ssh.ts';
import { masterArguments, sharedArguments, sharedName } from './ssh-arguments.ts';
import { failureInLog, readConnected, type Connected } from './ssh-log.ts';
import { sshOutput, takeFile } from './ssh-output.ts';
import type { SshPrograms } from './ssh-programs.ts';

export interface Way {
  readonly destination: Destination;
  /** Through a bastion that was named to us; else the user's configuration says the way. */
  readonly proxyCommand?: string;
  /** For people. */
  readonly bastion: string;
}

/** How long telling a connection to end may take. */
const exitMs = 2000;
/** ssh's exit code for its own failures. */
const sshFailed = 255;

/** A connection of the OpenSSH client that commands share (ControlMaster). */
export class SharedConnection {
  readonly #programs: SshPrograms;
  readonly #way: Way;
  readonly #controlPath: string;
  #connected: Connected = { hostKey: undefined, user: undefined };
  #reopening: Promise<void> | undefined;

  private constructor(programs: SshPrograms, way: Way) {
    this.#programs = programs;
    this.#way = way;
    this.#controlPath = programs.folder.next();
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

  get controlPath(): string {
    return this.#controlPath;
  }

  /** Opens it again when it is not open any more: it ends by itself after a minute without use. @throws NodemendError SSH_… */
  async keepOpen(): Promise<void> {
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
      return { ...child, ended: child.ended.then(withoutSshFailure), release: child.kill };
    } catch (error) {
      throw missingClient(sshProgram, error as NodeJS.ErrnoException);
    }
  }

  /** Never fails: what does not end now ends by itself. */
  async close(): Promise<void> {
    if (!existsSync(this.#controlPath)) return;
    const run = this.#programs.run([...sharedArguments(this.#controlPath), '-O', 'exit', sharedName]);
    await sshOutput(run, this.#limits(exitMs, new AbortController().signal)).catch(() => undefined);
  }

  #connect(signal: AbortSignal): Promise<void> {
    const limits = this.#limits(this.#programs.settings.connectTimeoutMs, signal);
    return retrying(() => this.#connectOnce(limits), limits.deadline, signal);
  }

  async #connectOnce(limits: Limits): Promise<void> {
    const { destination, proxyCommand, bastion } = this.#way;
    const logPath = `${this.#controlPath}.log`;
    const shared = { settings: this.#programs.settings, destination, controlPath: this.#controlPath, logPath };
    const args = masterArguments(proxyCommand === undefined ? shared : { ...shared, proxyCommand });
    try {
      const { code, output } = await sshOutput(this.#programs.run(args), limits);
      const log = takeFile(logPath);
      if (code !== 0) {
        const user = readConnected(log).user ?? limits.endpoint.user;
        throw failureInLog(`${log}\n${output}`, { destination, user, bastion, seconds: limits.deadline.seconds });
      }
      this.#connected = readConnected(log);
    } finally {
      takeFile(logPath);
    }
  }

  async #connectAgain(): Promise<void> {
    const before = this.#connected.hostKey;
    await this.#connect(new AbortController().signal);
    if (this.#connected.hostKey === before) return;
    const { node, address } = this.#way.destination;
    const fingerprint = this.#connected.hostKey ?? '';
    await this.close();
    throw new NodemendError('SSH_HOST_KEY_CHANGED', { node, address, fingerprint, entry: address, place: 'the connection before' });
  }

  #limits(milliseconds: number, signal: AbortSignal): Limits {
    const { destination } = this.#way;
    return { endpoint: endpointOf(destination.node, destination), deadline: new Deadline(milliseconds), signal };
  }
}

/** A script's own exit code is in its end mark: from ssh itself 255 means that the connection, or it, failed. */
function withoutSshFailure(end: ProcessEnd): ProcessEnd {
  return end.code === sshFailed ? {} : end;
}
