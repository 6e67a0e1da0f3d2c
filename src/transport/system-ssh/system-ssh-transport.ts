import { NodemendError } from '../../errors/nodemend-error.ts';
import { Sessions } from '../command/sessions.ts';
import { Deadline } from '../deadline.ts';
import { bastionName, endpointOf } from '../endpoint.ts';
import { Limiter } from '../limiter.ts';
import type { TransportSettings } from '../settings.ts';
import type { BastionTarget, NodeConnection, NodeTarget, Transport } from '../transport.ts';
import { unlessInterrupted } from '../within.ts';
import { ControlFolder } from './control-folder.ts';
import { checkDestination, type Destination } from './destination.ts';
import { resolve } from './resolved.ts';
import { SharedConnection, type Way } from './shared-connection.ts';
import { SshPrograms } from './ssh-programs.ts';

/** sshd drops unauthenticated connections from 10 on (MaxStartups 10:30:100). */
const handshakesThroughProxy = 8;

/** The user's own OpenSSH client, with the user's own configuration. */
export function createSystemSshTransport(settings: TransportSettings): Transport {
  const transport = new SystemSsh(settings);
  return {
    kind: 'system-ssh',
    connect: (target, signal) => transport.connect(target, signal),
    close: () => transport.close(),
  };
}

class SystemSsh {
  readonly #programs: SshPrograms;
  readonly #open = new Set<SharedConnection>();
  readonly #bastions = new Map<string, Promise<SharedConnection>>();
  /** Handshakes at once for each jump host or proxy command of the user's configuration. */
  readonly #proxies = new Map<string, Limiter>();

  constructor(settings: TransportSettings) {
    this.#programs = new SshPrograms(settings, new ControlFolder(process.env));
  }

  async connect(target: NodeTarget, signal: AbortSignal): Promise<NodeConnection> {
    const { bastion } = target;
    checkDestination({ ...target, node: target.name });
    const destination: Destination = { ...target, node: target.name };
    const way =
      bastion === undefined
        ? await this.#ownWay(destination, signal)
        : await this.#wayThrough(bastion, destination, signal);
    const connection = await way.limiter.run(() => this.#openConnection(way, signal));
    return this.#nodeConnection(target, connection);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((connection) => connection.close()));
    this.#programs.folder.remove();
  }

  #nodeConnection(target: NodeTarget, connection: SharedConnection): NodeConnection {
    const user = connection.user ?? endpointOf(target.name, target).user;
    const sessions = new Sessions({
      node: target.name,
      user,
      start: (command) => connection.start(command),
      explainLoss: (printed) => sessionRefusal(printed, target.name, user),
    });
    return {
      node: target.name,
      kind: 'system-ssh',
      user,
      hostKey: connection.hostKey,
      exec: (request) => sessions.exec(request),
      close: async () => {
        await connection.close();
        this.#open.delete(connection);
      },
    };
  }

  async #openConnection(way: Way, signal: AbortSignal): Promise<SharedConnection> {
    const connection = await SharedConnection.open(this.#programs, way, signal);
    this.#open.add(connection);
    return connection;
  }

  /** As the user's configuration says; what goes through the same proxy shares its limit. */
  async #ownWay(destination: Destination, signal: AbortSignal): Promise<Way & { readonly limiter: Limiter }> {
    const deadline = new Deadline(this.#programs.settings.connectTimeoutMs);
    const { proxy } = await resolve(this.#programs, destination, {
      endpoint: endpointOf(destination.node, destination),
      deadline,
      signal,
    });
    return {
      destination,
      bastion: proxy ?? '',
      limiter: proxy === undefined ? new Limiter(1) : this.#limiterOf(proxy),
    };
  }

  /** One connection to the bastion carries all nodes behind it. */
  async #wayThrough(
    bastion: BastionTarget,
    destination: Destination,
    signal: AbortSignal,
  ): Promise<Way & { readonly limiter: Limiter }> {
    const name = JSON.stringify([bastion.address, bastion.port, bastion.user, bastion.identityFiles]);
    const through = await unlessInterrupted(this.#bastion(name, bastion), destination.node, signal);
    return { destination, bastion: bastion.address, limiter: this.#limiterOf(name), through };
  }

  #bastion(name: string, bastion: BastionTarget): Promise<SharedConnection> {
    const open = this.#bastions.get(name);
    if (open) return open;
    const destination: Destination = { ...bastion, node: bastionName(bastion) };
    // For all nodes behind it: not given up because one of them is.
    const opening = this.#openConnection({ destination, bastion: '' }, new AbortController().signal);
    opening.catch(() => this.#bastions.delete(name));
    this.#bastions.set(name, opening);
    return opening;
  }

  #limiterOf(name: string): Limiter {
    const limiter = this.#proxies.get(name) ?? new Limiter(handshakesThroughProxy);
    this.#proxies.set(name, limiter);
    return limiter;
  }
}

/** What ssh prints when sshd opens no session on a connection that stands (mux.c). */
function sessionRefusal(printed: string, node: string, user: string): NodemendError | undefined {
  const detail = /session request failed: .*/i.exec(printed)?.[0];
  return detail === undefined ? undefined : new NodemendError('SSH_SESSION_REFUSED', { node, user, detail });
}
