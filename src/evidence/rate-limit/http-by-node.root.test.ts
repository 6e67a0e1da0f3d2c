import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { processTree } from '../../../lab/testing/process-tree.ts';
import { FakeHub } from '../../../testbed/fakes/docker-hub/fake-hub.ts';
import { previewImage } from '../../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { createRegistryClient } from '../../registry/client/registry-client.ts';
import type { ImageReference } from '../../registry/reference/image-reference.ts';
import { openTransport } from '../../transport/open-transport.ts';
import { defaultTransportSettings } from '../../transport/settings.ts';
import type { ExecRequest, NodeConnection } from '../../transport/transport.ts';
import { httpByNode } from './http-by-node.ts';
import { askQuota } from './ask-quota.ts';
import type { QuotaAnswer } from './rate-limit.ts';

/** The real curl and wget, run as a node runs them, against the fake Docker Hub on the loopback. */
let server: Server;
let registry: string;
const hub = new FakeHub({
  realm: ({ headers }) => `http://${headers.host}/token`,
  images: [previewImage],
  anonymousLimit: 100,
});
const commandLines: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    // What every user of the node could see while the request is under way; of what this test started alone.
    commandLines.push(...processTree(process.pid).map(commandLine));
    hub.handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

function commandLine({ pid }: { readonly pid: number }): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has ended meanwhile
  }
}

const image = (): ImageReference => ({ registry, repository: 'ratelimitpreview/test', tag: 'latest', digest: null });

function ask(connection: NodeConnection, reference = image()): Promise<QuotaAnswer> {
  const client = createRegistryClient(
    { environment: {}, plainHttp: new Set([reference.registry]) },
    httpByNode(connection),
  );
  return askQuota(client, reference, new AbortController().signal);
}

async function localNode(): Promise<NodeConnection> {
  const transport = openTransport('local', defaultTransportSettings({}, undefined));
  onTestFinished(() => transport.close());
  return transport.connect({ name: 'here', address: 'localhost', identityFiles: [] }, new AbortController().signal);
}

/** A node that has only these programs, and this shell. */
function nodeWith(programs: readonly string[], shell: readonly string[]): NodeConnection {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const program of [...programs, 'head', 'cat'])
    symlinkSync(
      spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' }).stdout.trim(),
      join(folder, program),
    );
  const [file = '', ...before] = shell;
  const exec = ({ script, args, input = new Uint8Array() }: ExecRequest) => {
    // A file, because a script that ends without reading its input would break a pipe.
    const headers = join(folder, 'headers');
    writeFileSync(headers, input);
    const { status, stdout, stderr } = spawnSync(file, [...before, '-c', script, 'sh', ...args], {
      stdio: [openSync(headers, 'r'), 'pipe', 'pipe'],
      env: { PATH: folder },
    });
    return Promise.resolve({
      exitCode: status ?? -1,
      stdout,
      stderr,
      truncated: false,
      privilege: 'unprivileged' as const,
    });
  };
  return { node: 'worker-1', kind: 'local', user: 'x', hostKey: undefined, exec, close: () => Promise.resolve() };
}

const counted = { state: 'counted', rate: { limit: 100, remaining: 100, windowSeconds: 21_600, source: '127.0.0.1' } };

test('through a transport', async () => {
  expect(await ask(await localNode())).toEqual(counted);
});

// `spawnSync` would keep the server of this very process from answering: those run it in a process of its own.
describe.each([[['/bin/dash']], [['/bin/bash', '--posix']], [['/bin/busybox', 'sh']]])('under %s', (shell) => {
  test('without curl and wget it is unknown, and said so', async () => {
    // Busybox has a wget inside of it.
    const code = shell.includes('/bin/busybox') ? 'REGISTRY_UNREACHABLE' : 'NODE_WITHOUT_HTTP';
    expect(await ask(nodeWith([], shell), { ...image(), registry: '127.0.0.1:1' })).toMatchObject({
      state: 'unknown',
      error: { code },
    });
  });

  test.each(['curl', 'wget'])('%s says why it got no answer', async (program) => {
    const closed = { ...image(), registry: '127.0.0.1:1' };

    expect(await ask(nodeWith([program], shell), closed)).toMatchObject({
      state: 'unknown',
      error: { code: 'REGISTRY_UNREACHABLE' },
    });
  });
});

test('no header is an argument of curl', async () => {
  const node = await localNode();
  commandLines.length = 0;
  await ask(node);

  const seen = commandLines.join('\n');
  expect(seen).toMatch(/curl .*--config -/u);
  expect(seen).not.toContain('Bearer');
  expect(readFileSync(join(import.meta.dirname, 'http-by-node.sh'), 'utf8')).not.toContain('eval');
});
