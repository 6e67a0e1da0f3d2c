import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Issued } from '../../src/kubernetes/testing/authority.ts';
import { buildModule } from '../../testbed/go/go-module.ts';
import { registry } from '../../testbed/go/modules.ts';
import { freePort } from '../free-port.ts';
import { digestOf, manifestType, type MadeImage } from './image-archive.ts';

export interface LocalRegistry {
  /** `127.0.0.1:40123`, plain HTTP. */
  readonly host: string;
  /** The same images, for those who log in. */
  readonly closedHost: string;
  /** The same, by TLS; none without a certificate. */
  readonly tlsHost: string;
  readonly login: { readonly user: string; readonly password: string };
  readonly push: (image: MadeImage, repository: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

/**
 * Distribution's registry on the loopback, open to all and with a password, on one storage. @param issued certificate for
 * 127.0.0.1 of one more, with TLS and the password
 */
export async function startLocalRegistry(issued?: Issued): Promise<LocalRegistry> {
  const built = await buildModule(registry, { environment: process.env, report: () => undefined });
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-registry-'));
  const login = { user: 'robot$pull', password: `pa'ss "w$(id)\\ ${folder.slice(-6)}` };
  const htpasswd = join(folder, 'htpasswd');
  writeFileSync(htpasswd, execFileSync('htpasswd', ['-niB', login.user], { input: login.password }));
  const auth = { htpasswd: { realm: 'test', path: htpasswd } };
  const start = async (
    settings: object,
    tls?: object,
  ): Promise<{ readonly host: string; readonly end: () => Promise<unknown> }> => {
    const host = `127.0.0.1:${await freePort()}`;
    const configuration = join(folder, `${host}.json`);
    const storage = { filesystem: { rootdirectory: join(folder, 'storage') } };
    writeFileSync(
      configuration,
      JSON.stringify({ version: 0.1, log: { level: 'error' }, storage, http: { addr: host, ...tls }, ...settings }),
    );
    const daemon = spawn(join(built, 'registry'), ['serve', configuration], {
      stdio: 'ignore',
      env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
    });
    const ended = once(daemon, 'close');
    for (let tries = 0; !(await listens(host)); tries += 1) {
      if (tries === 500) throw new Error('the registry does not answer');
      await sleep(20);
    }
    return { host, end: () => (daemon.kill('SIGKILL'), ended) };
  };
  const [open, closed, ...more] = await Promise.all([
    start({}),
    start({ auth }),
    ...(issued === undefined ? [] : [start({ auth }, { tls: filesOf(folder, issued) })]),
  ]);
  return {
    host: open.host,
    closedHost: closed.host,
    tlsHost: more[0]?.host ?? '',
    login,
    push: (image, repository) => push(open.host, image, repository),
    close: async () => {
      await Promise.all([open, closed, ...more].map(({ end }) => end()));
      rmSync(folder, { recursive: true });
    },
  };
}

function filesOf(folder: string, { certificate, key }: Issued): object {
  const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.key, key);
  return files;
}

/** Whatever it speaks. */
async function listens(host: string): Promise<boolean> {
  const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** distribution-spec, "Pushing blobs" and "Pushing manifests". @returns the reference by its digest */
async function push(host: string, { blobs, digest, below }: MadeImage, repository: string): Promise<string> {
  const base = `http://${host}/v2/${repository}`;
  const [layer, config, manifest] = blobs;
  for (const blob of [layer, config, ...(below ? [below] : [])]) {
    const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(begun.headers.get('location') ?? '', base);
    location.searchParams.set('digest', digestOf(blob));
    await sent(location, blob, 'application/octet-stream');
  }
  await sent(new URL(`${base}/manifests/${digest}`), manifest, manifestType);
  return `${host}/${repository}@${digest}`;
}

async function sent(to: URL, body: Buffer, type: string): Promise<void> {
  const answer = await fetch(to, { method: 'PUT', body: new Uint8Array(body), headers: { 'content-type': type } });
  if (answer.status !== 201) throw new Error(`${to.pathname}: ${answer.status} ${await answer.text()}`);
}
