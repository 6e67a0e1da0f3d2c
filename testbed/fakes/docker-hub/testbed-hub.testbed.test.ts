import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestTestbed, type TestTestbed } from '../../testing/test-testbed.ts';
import { busyboxLayer } from '../busybox-layer.ts';
import { makeImage } from './images.ts';
import { serveHubInTestbed, type TestbedHub } from './testbed-hub.ts';

let testbed: TestTestbed;
let served: TestbedHub;
const nodes = ['containerd-1', 'containerd2-1', 'docker-1'];

beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 1, containerd2: 1, docker: 1 }, 'hub');
  const image = makeImage({ repository: 'library/echo', tag: '1', layer: await busyboxLayer(), command: ['/bin/busybox', 'echo', 'it runs'] });
  served = await serveHubInTestbed(await testbed.status(), nodes, { images: [image] });
});
afterAll(async () => {
  await served?.close();
  await testbed?.down();
});

test('pods run an image that their runtime pulled from docker.io, and each node’s pull counts', async () => {
  await Promise.all(nodes.map((node) => testbed.kubectl('run', node, '--image=echo:1', '--restart=Never', `--overrides={"spec":{"nodeName":"${node}"}}`)));
  const phases = (): Promise<string> => testbed.kubectl('get', 'pods', '-o', 'jsonpath={.items[*].status.phase} {.items[*].status.containerStatuses[0].state.waiting.message}');
  await expect.poll(phases, { timeout: 60_000, interval: 300 }).toMatch(/^Succeeded Succeeded Succeeded/);
  const addresses = (await testbed.status()).plan.nodes.map(({ networkAddress }) => networkAddress);
  expect([...served.hub.pulls.counted().keys()].toSorted()).toEqual(addresses.toSorted());
});
