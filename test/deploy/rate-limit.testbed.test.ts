import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../../src/kubernetes/testing/authority.ts';
import { busyboxLayer } from '../../testbed/fakes/busybox-layer.ts';
import { makeImage, type StoredImage } from '../../testbed/fakes/docker-hub/images.ts';
import { previewImage, serveUntilTestEnds } from '../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { serveHubInTestbed, type TestbedHub } from '../../testbed/fakes/docker-hub/testbed-hub.ts';
import { serveForwardProxy } from '../../testbed/fakes/forward-proxy.ts';
import { waitUntil } from '../end-to-end/wait-until.ts';
import { walkthrough } from '../end-to-end/walkthrough.ts';
import { startRoleFixture, type Holder, type RoleFixture } from './role-fixture.ts';
import { deployFolder } from './shipped-files.ts';

/**
 * A real cluster that pulls from the fake Docker Hub, looked at with no more than the shipped roles: events of a real
 * kubelet, images that a real containerd has, pull secrets behind real RBAC. What nodemend counts is held against what
 * the fake counted.
 */
const node = 'containerd-1';
const account = { user: 'kim', password: 'dckr_pat_Zq7-secret', limit: 200 };
const role = 'system:serviceaccount:nodemend:nodemend-read';
let fixture: RoleFixture;
let hub: TestbedHub;

const kubectl = (...args: readonly string[]): Promise<string> => fixture.testbed.kubectl(...args);

beforeAll(async () => {
  fixture = await startRoleFixture({ containerd: 1, docker: 0 }, 'rate-limit');
  const layer = await busyboxLayer();
  // No two are the same: what containerd has under another name it does not pull.
  const image = (repository: string, index: number): StoredImage =>
    makeImage({ repository, tag: '1', layer, command: ['/bin/busybox', 'sleep', String(100_000 + index)] });
  hub = await serveHubInTestbed(await fixture.testbed.status(), [node], {
    images: [previewImage, ...['library/web', 'team/guest', 'team/later'].map(image)],
    accounts: [account],
  });
  for (const namespace of ['shop', 'guest']) await kubectl('create', 'namespace', namespace);
  await kubectl(
    '-n',
    'shop',
    'create',
    'secret',
    'docker-registry',
    'hub',
    `--docker-username=${account.user}`,
    `--docker-password=${account.password}`,
  );
  await kubectl('-n', 'shop', 'create', 'secret', 'generic', 'database', '--from-literal=password=not-for-nodemend');
  // The controller makes it a moment after its namespace.
  await kubectl('-n', 'shop', 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s');
  await kubectl('-n', 'shop', 'patch', 'serviceaccount', 'default', '-p', '{"imagePullSecrets":[{"name":"hub"}]}');
  await kubectl('-n', 'shop', 'apply', '-f', join(deployFolder, 'nodemend-read-secrets.yaml'));
  await kubectl('-n', 'shop', 'create', 'deployment', 'web', '--image=web:1');
  await kubectl('-n', 'guest', 'create', 'deployment', 'guest', '--image=team/guest:1');
  await kubectl('-n', 'guest', 'create', 'deployment', 'later', '--image=docker.io/team/later:1', '--replicas=0');
  for (const [namespace, name] of [
    ['shop', 'web'],
    ['guest', 'guest'],
  ] as const)
    await kubectl('-n', namespace, 'wait', 'deployment', name, '--for=condition=Available', '--timeout=120s');
  // kubelet tells of images on its node some ten seconds later.
  await waitUntil(async () => {
    const images = await kubectl('get', 'node', node, '-o', 'jsonpath={.status.images[*].names[*]}');
    return ['library/web', 'team/guest'].find((name) => !images.includes(`docker.io/${name}:1`));
  });
});
afterAll(async () => {
  await hub?.close();
  await fixture?.down();
});

/** Somebody with the role to read, from whose machine Docker Hub's names lead to the same fake. */
async function reader(): Promise<Holder> {
  const names = ['registry-1.docker.io', 'auth.docker.io'];
  const authority = await createAuthority('registries of this machine');
  const here = await serveUntilTestEnds(
    hub.hub.handle,
    await authority.issue({ commonName: 'registries', dns: names }),
  );
  const proxy = await serveForwardProxy((target) => (names.includes(target.replace(/:443$/u, '')) ? here : undefined));
  const certificate = join(fixture.testbed.stateDir, 'hub-authority.pem');
  writeFileSync(certificate, authority.certificate);
  return fixture.holder('nodemend/nodemend-read', {
    HTTPS_PROXY: proxy,
    NO_PROXY: '127.0.0.1',
    NODE_EXTRA_CA_CERTS: certificate,
  });
}

interface Answer {
  readonly groups: readonly {
    readonly source: string;
    readonly sourceKind: string;
    readonly remaining: number;
    readonly here: boolean;
    readonly nodes: readonly string[];
    readonly secrets: readonly string[];
    readonly pulls: { readonly seen: number } | null;
  }[];
  readonly unknown: readonly { readonly code: string; readonly detail: string }[];
  readonly pulls: { readonly state: string; readonly all: { readonly seen: number } };
  readonly whatIf: readonly { readonly costs: readonly object[] }[];
}

const steps = walkthrough('docs/docker-hub-limit.md', 'A walkthrough');

test('the page shows the same commands in both languages', () => {
  expect(walkthrough('docs/docker-hub-limit.ko.md', '따라 해 보기')).toEqual(steps);
  expect(steps).toHaveLength(6);
});

test('without the role for Secrets none is read, and that is said', async () => {
  const { run } = await reader();
  fixture.asked();
  const { exitCode, stdout } = await run('rate-limit', '--use-secrets', 'shop', '--yes', '-o', 'json');
  const { unknown } = JSON.parse(stdout) as Answer;

  expect(exitCode).toBe(5);
  expect(unknown.map(({ detail }) => detail)).toEqual([
    `${role} cannot list serviceaccounts in namespace shop (403).`,
    `${role} cannot get secrets in namespace shop (403).`,
  ]);
  expect(fixture.asked().refused).toEqual(expect.arrayContaining(['GET /api/v1/namespaces/shop/secrets/hub']));
});

describe('with it', () => {
  beforeAll(() =>
    kubectl(
      '-n',
      'shop',
      'create',
      'rolebinding',
      'nodemend-read-secrets',
      '--role=nodemend-read-secrets',
      '--serviceaccount=nodemend:nodemend-read',
    ),
  );

  test('pulls are counted for the account of their pods, or for the address of their node, as Docker Hub counts them', async () => {
    const { run } = await reader();
    fixture.asked();
    const { exitCode, stdout, stderr } = await run(
      'rate-limit',
      '--via',
      'ssh',
      '--pulls',
      '--use-secrets',
      'shop',
      '--yes',
      '-o',
      'json',
    );
    const { groups, pulls } = JSON.parse(stdout) as Answer;
    const counted = hub.hub.pulls.counted();
    const [address, ofAccount] = [
      groups.find(({ nodes }) => nodes.includes(node)),
      groups.find(({ secrets }) => secrets.includes('shop/hub')),
    ];

    expect(address).toMatchObject({
      sourceKind: 'address',
      secrets: [],
      pulls: { seen: counted.get(address?.source ?? '') },
    });
    expect(ofAccount).toMatchObject({
      source: '***',
      sourceKind: 'account',
      nodes: [],
      pulls: { seen: counted.get(account.user) },
    });
    expect([address?.remaining, ofAccount?.remaining]).toEqual([
      100 - (address?.pulls?.seen ?? 0),
      200 - (ofAccount?.pulls?.seen ?? 0),
    ]);
    expect(address?.pulls?.seen).toBeGreaterThan(0);
    expect(ofAccount?.pulls?.seen).toBeGreaterThan(0);
    expect(pulls).toMatchObject({
      state: 'seen',
      all: { seen: [...counted.values()].reduce((sum, one) => sum + one) },
    });
    expect(stdout + stderr).not.toMatch(/kim|dckr_pat|not-for-nodemend/u);
    expect(stderr).toContain('auth.docker.io');
    // Not an all-clear and not a fault: the page says what each code means.
    expect([0, 4]).toContain(exitCode);
    const { used, refused } = fixture.asked();
    expect(refused).toEqual([]);
    expect(used).toEqual([
      // Which cluster the evidence is of.
      'get namespaces/kube-system',
      'get secrets/hub -n shop',
      'list events',
      'list nodes',
      'list pods -n shop',
      'list serviceaccounts -n shop',
    ]);
  });

  test('a rollout costs what its nodes lack, and nothing where they have it', async () => {
    const { run } = await reader();
    const ask = async (...words: readonly string[]): Promise<Answer> =>
      JSON.parse(
        (await run('rate-limit', '--via', 'ssh', '-o', 'json', '--use-secrets', 'shop', '--yes', ...words)).stdout,
      ) as Answer;
    const costs = ({ whatIf }: Answer): readonly object[] => whatIf.flatMap((one) => one.costs);
    const guest = await ask('--what-if', 'deployment/later=50', '--what-if', 'deployment/guest', '-n', 'guest');

    expect(costs(await ask('--what-if', 'deployment/web=50', '-n', 'shop'))).toMatchObject([
      { source: '***', secrets: ['shop/hub'], nodes: [node], pulls: 0, certain: 0, ifNew: 1, exhausts: false },
    ]);
    expect(costs(guest)).toMatchObject([
      { secrets: [], nodes: [node], pulls: 1, certain: 1, ifNew: 1, exhausts: false },
      { pulls: 0, ifNew: 1 },
    ]);
    const { source = '' } = guest.groups.find(({ nodes }) => nodes.includes(node)) ?? {};
    const before = hub.hub.pulls.counted().get(source) ?? 0;
    await kubectl('-n', 'guest', 'scale', 'deployment', 'later', '--replicas=3');
    await kubectl('-n', 'guest', 'wait', 'deployment', 'later', '--for=condition=Available', '--timeout=120s');
    expect(hub.hub.pulls.counted().get(source)).toBe(before + 1);
  });

  test('the walkthrough, as it stands on the page', async () => {
    const { run } = await reader();
    const ends = [];
    for (const words of steps) ends.push(await run(...words));

    expect(ends.map(({ exitCode }) => exitCode)).toEqual([
      0,
      expect.toBeOneOf([0, 4]),
      expect.toBeOneOf([0, 4]),
      0,
      0,
      0,
    ]);
    const [here, , , rollout, , compared] = ends.map(({ stdout }) => stdout.replaceAll(/ +/gu, ' '));
    expect(here).toContain('this machine\n');
    expect(rollout).toMatch(/deployment\/web=50 \S+ 0 \d+ 1 containerd-1\n/u);
    expect(compared).toMatch(new RegExp(`\\n${node} (\\S+) \\1 unchanged, not shared\\n`, 'u'));
  });
});
