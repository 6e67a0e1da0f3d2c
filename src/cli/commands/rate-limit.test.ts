import { expect, test } from 'vitest';
import { previewImage } from '../../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { serveInternet, type FakeInternet } from '../../../testbed/fakes/docker-hub/serve-internet.ts';
import { runInProcess } from '../testing/run-in-process.ts';

/** Docker Hub under its own two names. */
function dockerHub(): Promise<FakeInternet> {
  return serveInternet(['registry-1.docker.io', 'auth.docker.io'], {
    images: [previewImage],
    realm: () => 'https://auth.docker.io/token',
  });
}

/** As if this many pulls had been made from the loopback address. */
function pull({ hub }: FakeInternet, times: number): void {
  for (let count = 0; count < times; count++) hub.pulls.pull({ source: '127.0.0.1', limit: 100 });
}

test('what is left is told, and whose it is; to ask costs nothing', async () => {
  const internet = await dockerHub();
  pull(internet, 24);
  const { code, data, notes } = await runInProcess(['rate-limit'], { environment: internet.environment });

  expect(data.replaceAll(/ +/gu, ' ')).toBe('COUNTED AS LEFT WINDOW ASKED FROM\n127.0.0.1 76 / 100 6 h this machine\n');
  expect(notes).toBe('Nodes were not checked and may count under another address. To check them, add --via ssh.\n');
  expect(code).toBe(0);
  expect(internet.hub.pulls.left({ source: '127.0.0.1', limit: 100 })).toBe(76);
  expect(new Set(internet.asked)).toEqual(new Set(['registry-1.docker.io:443', 'auth.docker.io:443']));
});

test.each([
  [95, 4],
  [100, 3],
])('after %i of 100 pulls it ends with %i', async (pulls, exit) => {
  const internet = await dockerHub();
  pull(internet, pulls);
  const { code, data } = await runInProcess(['rate-limit', '-o', 'json'], { environment: internet.environment });

  expect(code).toBe(exit);
  expect(JSON.parse(data)).toEqual({
    schema: 'nodemend.dev/rate-limit/v1',
    groups: [
      {
        source: '127.0.0.1',
        limit: 100,
        remaining: 100 - pulls,
        windowSeconds: 21_600,
        here: true,
        nodes: [],
        secrets: [],
        sourceKind: 'address',
        pulls: null,
      },
    ],
    refused: [],
    denied: [],
    unknown: [],
    pulls: null,
    whatIf: null,
    changes: null,
    shared: [],
    tiers: [],
  });
});

test('too many requests of any kind are not a number', async () => {
  const internet = await dockerHub();
  internet.hub.abuse = true;
  const { code, data } = await runInProcess(['rate-limit'], { environment: internet.environment, language: 'ko' });

  expect(code).toBe(3);
  expect(data).toContain('Docker Hub에서 거부하며');
});

test('without a network, or a limit, it is unknown and never fine', async () => {
  const internet = await serveInternet(['registry-1.docker.io'], {
    images: [],
    realm: () => 'https://registry-1.docker.io/token',
  });
  const noImage = await runInProcess(['rate-limit', '-o', 'json'], { environment: internet.environment });
  const noNetwork = await runInProcess(['rate-limit', '-o', 'json', '--image', 'registry.invalid/a/b'], {
    environment: internet.environment,
  });

  expect(noImage.code).toBe(5);
  expect(JSON.parse(noImage.data)).toMatchObject({ groups: [], unknown: [{ node: null, code: 'RATE_LIMIT_UNKNOWN' }] });
  expect(noNetwork.code).toBe(5);
  expect(JSON.parse(noNetwork.data)).toMatchObject({
    groups: [],
    unknown: [{ node: null, code: 'REGISTRY_UNREACHABLE' }],
  });
});

test('what is not an image is refused before anybody is asked', async () => {
  expect((await runInProcess(['rate-limit', '--image', 'A/B'])).error).toMatchObject({
    code: 'USAGE',
    params: { context: 'image' },
  });
});
