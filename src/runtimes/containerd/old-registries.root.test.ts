import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ContainerdNode } from '../../../test/chroot/containerd-node.ts';
import { serveUntilTestEnds } from '../../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { registryCandidates } from '../../images/sources/candidates.ts';
import { readContainerdConfig } from './containerd-config.ts';
import { endpointsOf } from './old-registries.ts';

/** Asks the CRI plugin to pull, as kubelet does: `PullImageRequest{image: ImageSpec{image: NAME}}`. Nothing has it here. */
async function pullByCri(node: ContainerdNode, name: string): Promise<void> {
  const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0x0a, bytes.length]), bytes]);
  const request = field(field(Buffer.from(name)));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(request.length, 1);
  const socket = node.path('run/containerd/containerd.sock');
  const session = connectHttp2('http://localhost', { createConnection: () => connect(socket) });
  const stream = session.request({
    ':method': 'POST',
    ':path': '/runtime.v1.ImageService/PullImage',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end(Buffer.concat([head, request]));
  stream.resume();
  await once(stream, 'close');
  session.close();
}

test('what the real plugin of 1.6 asks for an image, in its order, is what nodes are asked by ctr', async () => {
  const asked: string[] = [];
  const absent = (): Promise<string> =>
    serveUntilTestEnds(({ url = '', headers: { host = '' } }, response) => {
      const place = `${host}${new URL(url, 'http://asked').pathname}`;
      if (asked.at(-1) !== place) asked.push(place);
      response.writeHead(404).end();
    });
  const [first, below, other, itself] = await Promise.all([absent(), absent(), absent(), absent()]);
  const table = `
[plugins."io.containerd.grpc.v1.cri".registry.mirrors."registry.example.com"]
  endpoint = ["http://${first}", "http://${below}/v2/proxy"]
[plugins."io.containerd.grpc.v1.cri".registry.mirrors."*"]
  endpoint = ["${other}"]
[plugins."io.containerd.grpc.v1.cri".registry.mirrors."${itself}"]
  endpoint = ["http://${itself}", "http://${first}"]
`;
  const node = new ContainerdNode('worker-1', 'dash', { cri: true, configuration: table });
  onTestFinished(() => node.remove());
  const config = readContainerdConfig([{ path: '/etc/containerd/config.toml', text: `version = 2\n${table}` }]);
  const old = config.state === 'read' ? config.settings.old : undefined;
  if (old === undefined) throw new Error('the tables were not read');

  for (const name of ['registry.example.com/base/pause:3.6', '127.0.0.1:1/pause:3.6', `${itself}/pause:3.6`]) {
    asked.length = 0;
    await pullByCri(node, name);
    const ours = registryCandidates(
      name,
      { names: [], plainHttp: [] },
      { server: undefined, isNks: false },
      (registry) => endpointsOf(old, registry),
    ).map(({ reference, hosts }) => {
      expect(hosts, reference).toBe(reference.startsWith('127.') ? 'plain-http' : 'runtime');
      return reference.replace('/', '/v2/').replace(/:([^:]+)$/u, '/manifests/$1');
    });
    // The registry itself is not there: nobody hears of that.
    expect(
      ours.filter((place) => !/^(?:registry\.example\.com|127\.0\.0\.1:1)\//u.test(place)),
      name,
    ).toEqual(asked);
    expect(asked.length, name).toBeGreaterThan(0);
  }
});
