import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoginNode, LoginUser } from '../../../test/login-node.ts';
import { makeSshKey, type SshKey } from '../../../test/ssh-keys.ts';
import { startSshd, type Sshd, type SshdOptions } from '../../../test/sshd.ts';
import { openTransport } from '../open-transport.ts';
import type { TransportSettings } from '../settings.ts';
import type { NodeTarget, Transport } from '../transport.ts';
import { withConnection, type Place } from './place.ts';

export interface ConnectionHost {
  readonly kind: 'ssh' | 'system-ssh';
  /** Where sshd runs. */
  readonly node: LoginNode;
  readonly settings: TransportSettings;
  readonly close: () => Promise<void>;
}

const users: readonly LoginUser[] = ['root', 'sudo-works', 'noisy', 'tcsh-user', 'fish-user', 'no-login'];

/** One sshd for all cases, one key that lets every user in, and what a case opens besides. */
export class ConnectionFixture {
  #host: ConnectionHost | undefined;
  #sshd: Sshd | undefined;
  #key: SshKey | undefined;
  #folder = '';
  #files = 0;
  readonly #open: (() => Promise<unknown>)[] = [];

  async open(host: ConnectionHost): Promise<void> {
    this.#host = host;
    this.#folder = mkdtempSync(join(host.node.root.shared, 'connection-'));
    this.#key = makeSshKey(this.#folder, 'id');
    this.#sshd = await this.#serve();
  }

  /** Closes what the last case opened. */
  async tidy(): Promise<void> {
    for (const close of this.#open.splice(0).toReversed()) await close();
  }

  async close(): Promise<void> {
    await this.#sshd?.close();
    await this.#host?.close();
  }

  get host(): ConnectionHost {
    return present(this.#host);
  }

  get sshd(): Sshd {
    return present(this.#sshd);
  }

  get key(): SshKey {
    return present(this.#key);
  }

  /** A scratch folder that the node sees too. */
  get folder(): string {
    return this.#folder;
  }

  /** One more sshd, for this case. */
  async serveHere(options?: SshdOptions): Promise<Sshd> {
    return this.keep(await this.#serve(options));
  }

  /** Closes it after this case. */
  keep<T extends { readonly close: () => Promise<unknown> }>(thing: T): T {
    this.#open.push(() => thing.close());
    return thing;
  }

  /** A new file with this text. */
  file(text: string): string {
    this.#files += 1;
    const path = join(this.#folder, `file-${this.#files}`);
    writeFileSync(path, text);
    return path;
  }

  /** Knows the fixture's sshd, unless told otherwise. */
  transport(settings: Partial<TransportSettings> = {}): Transport {
    const knownHostsFiles = [this.file(`${this.sshd.knownHostsLine}\n`)];
    return this.keep(openTransport(this.host.kind, { ...this.host.settings, knownHostsFiles, ...settings }));
  }

  target(server: { readonly port: number } = this.sshd, more: Partial<NodeTarget> = {}): NodeTarget {
    return {
      name: 'node-1',
      address: '127.0.0.1',
      port: server.port,
      user: 'root',
      identityFiles: [this.key.path],
      ...more,
    };
  }

  place(settings?: Partial<TransportSettings>, target = this.target()): Place {
    return { transport: this.transport(settings), target };
  }

  /** Connects and closes; the fingerprint of the host key. */
  connecting(settings?: Partial<TransportSettings>, target?: NodeTarget): Promise<string | undefined> {
    return withConnection(this.place(settings, target), (connection) => Promise.resolve(connection.hostKey));
  }

  /** How often somebody was let in. */
  logins({ log }: Sshd): number {
    return log()
      .split('\n')
      .filter((line) => line.startsWith('Accepted publickey')).length;
  }

  async #serve(options?: SshdOptions): Promise<Sshd> {
    const started = await startSshd(this.host.node.root, options);
    for (const user of users) started.authorize(user, this.key);
    return started;
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new ReferenceError('the scene is not open');
  return value;
}
