import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mustRun } from '../../lab/node-root/run-program.ts';
import type { Authority } from '../../src/kubernetes/testing/authority.ts';
import { inHost, startNetworkHost } from '../daemon/network-host.ts';
import { startDaemon, type Daemon } from '../control-plane/daemon.ts';
import type { TestbedFolder } from '../testbed-folder.ts';
import { plannedRegistry, type PlannedRegistry, type RegistryName, type TestbedPlan } from '../testbed-plan.ts';
import { loopbackHost } from './push-image.ts';
import { passwordConfiguration, pullThroughConfiguration, type RegistryLogin } from './registry-configuration.ts';
import { authorityFile, registryFolder, scratchFolder } from './registry-folder.ts';

export interface RegistriesOptions {
  readonly plan: TestbedPlan;
  readonly folder: TestbedFolder;
  readonly authority: Authority;
  /** Distribution's registry. */
  readonly program: string;
}

const readyWithinMs = 60_000;

/** The testbed's registries, each a host of its own in the network. */
export class Registries {
  readonly #options: RegistriesOptions;
  readonly #hosts = new Map<RegistryName, number>();
  readonly #running = new Map<RegistryName, Daemon>();

  constructor(options: RegistriesOptions) {
    this.#options = options;
  }

  /** Makes credentials and certificates and starts all, until they answer. */
  async start(): Promise<void> {
    const { registries } = this.#options.plan;
    const login = { user: 'testbed', password: randomBytes(16).toString('hex') };
    await writeAccess(this.#options, login);
    await Promise.all(registries.map((registry) => this.#prepare(registry, login)));
    // In this order: a pull-through registry asks the other one, when it starts, how to log in.
    for (const { name } of registries) await this.resume(name);
  }

  async #prepare(registry: PlannedRegistry, login: RegistryLogin): Promise<void> {
    await writeRegistryFiles(this.#options, registry, login);
    this.#hosts.set(registry.name, await startNetworkHost(registry));
  }

  /** Ends a registry's program: its host stays, and refuses connections. */
  async stop(name: RegistryName): Promise<void> {
    await this.#running.get(name)?.stop();
    this.#running.delete(name);
  }

  /** Starts it again, with what it has stored, and waits until it answers. */
  async resume(name: RegistryName): Promise<void> {
    if (this.#running.has(name)) return;
    const { plan, folder, authority, program } = this.#options;
    const registry = plannedRegistry(plan, name);
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`The registry ${name} has not been made yet`);
    const trust = [`SSL_CERT_FILE=${authorityFile(folder)}`, 'OTEL_TRACES_EXPORTER=none'];
    const args = [...inHost(host), 'env', ...trust, program, 'serve', registryFolder(folder, name).configuration];
    const daemon = startDaemon({ name, program: 'nsenter', args, logFile: join(folder.logs, `${name}.log`) });
    await Promise.race([waitForAnswer(`https://${registry.networkAddress}/v2/`, authority.certificate), daemon.ended]);
    daemon.keepRunning();
    this.#running.set(name, daemon);
  }
}

/**
 * What clients need: the authority's certificate, and the credentials as `docker login` would keep them (also a pull
 * secret's content).
 */
async function writeAccess(
  { plan, folder, authority }: RegistriesOptions,
  { user, password }: RegistryLogin,
): Promise<void> {
  const closed = plan.registries.filter(({ name }) => name !== 'mirror');
  const auth = Buffer.from(`${user}:${password}`).toString('base64');
  const hosts = closed.flatMap(({ name, host, networkAddress }) => [host, networkAddress, loopbackHost(plan, name)]);
  const credentials = { auths: Object.fromEntries(hosts.map((host) => [host, { auth }])) };
  for (const path of [dirname(authorityFile(folder)), scratchFolder(folder)])
    await mkdir(path, { recursive: true, mode: 0o700 });
  await writeFile(authorityFile(folder), authority.certificate, { mode: 0o600 });
  await writeFile(folder.registryCredentials, `${JSON.stringify(credentials, undefined, 2)}\n`, { mode: 0o600 });
}

async function writeRegistryFiles(
  { plan, folder, authority }: RegistriesOptions,
  registry: PlannedRegistry,
  login: RegistryLogin,
): Promise<void> {
  const files = registryFolder(folder, registry.name);
  await mkdir(files.storage, { recursive: true, mode: 0o700 });
  const { certificate, key } = await authority.issue({
    commonName: registry.host,
    dns: [registry.host],
    ip: [registry.networkAddress, registry.address],
  });
  const configuration =
    registry.name === 'mirror'
      ? pullThroughConfiguration(files, `https://${plannedRegistry(plan, 'upstream').networkAddress}`, login)
      : passwordConfiguration(files, registry.host);
  // bcrypt, the one kind that distribution takes; the password is read from standard input.
  const htpasswd = await mustRun('htpasswd', 'htpasswd', ['-niB', login.user], login.password);
  const texts: readonly (readonly [string, string])[] = [
    [files.configuration, configuration],
    [files.certificate, certificate],
    [files.key, key],
    [files.htpasswd, htpasswd],
  ];
  await Promise.all(texts.map(([path, text]) => writeFile(path, text, { mode: 0o600 })));
}

async function waitForAnswer(url: string, ca: string): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (!(await answers(url, ca))) {
    if (performance.now() > deadline) throw new Error(`${url} does not answer after ${readyWithinMs / 1000} s`);
    await sleep(50);
  }
}

/** With whatever status: a registry with a password says 401. */
function answers(url: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { ca, timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(true);
    })
      .on('timeout', function (this: { destroy: () => void }) {
        this.destroy();
      })
      .on('error', () => resolve(false));
  });
}
