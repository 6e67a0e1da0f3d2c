import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { KubeObject } from '../../../lab/api/objects.ts';
import type { Rule } from '../../../lab/api/roles.ts';
import { serveFake } from '../../../lab/api/testing/serve-fake.ts';
import { eightNodes, namespace } from '../../../lab/api/testing/some-objects.ts';
import { freePort } from '../../../test/free-port.ts';
import { problemCatalogue } from '../../problems/index.ts';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';

/** Nothing looked at is never "Nothing to change". */
const cluster = [namespace('kube-system'), namespace('shop'), ...eightNodes];

async function commands(
  objects: readonly KubeObject[],
  rules?: readonly Rule[],
): Promise<(...argv: readonly string[]) => Promise<CommandEnd>> {
  const kubeconfig = (await serveFake(objects, rules)).kubeconfig(rules ? 'reader' : 'admin');
  return (...argv) => unwrapped([...argv, '--kubeconfig', kubeconfig]);
}

/** Each paragraph in one line. */
async function unwrapped(argv: readonly string[]): Promise<CommandEnd> {
  const end = await runInProcess(argv);
  return { ...end, data: end.data.replaceAll(/\n(?=[a-z-])/gu, ' ') };
}

/** No sshd answers there. */
async function silentHosts(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-nothing-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, `worker-[1-2] 127.0.0.[1-2] port=${await freePort()} user=nobody\n`);
  return hosts;
}

/** Whatever other problems there are. */
const notLookedAt =
  /^Not looked at: base-images, container-logs, [a-z-, ]*kernel-memory[a-z-, ]* on 8 nodes \(add --via ssh\)\.$/m;

test('without a way to the nodes: 5 and 8, and what was not looked at', async () => {
  const nodemend = await commands(cluster);

  const planned = await nodemend('plan');
  expect(planned.code).toBe(5);
  expect(planned.data).toContain('Nothing to change in what was looked at. This is not an all-clear.\n');
  expect(planned.data).toMatch(notLookedAt);
  const applied = await nodemend('apply', 'image-pull', 'container-logs');
  expect(applied.code).toBe(8);
  expect(applied.data).toContain('Not looked at: container-logs on 8 nodes (add --via ssh).\n');
});

test('what was looked at and is well has nothing to change', async () => {
  const { code, data } = await (await commands(cluster))('apply', 'image-pull');
  expect(data).toContain('\nNothing to change.\n');
  expect(code).toBe(0);
});

test('of nodes that nobody reached nothing is known, and each has its reason', async () => {
  const hosts = await silentHosts();
  for (const [command, code] of [
    ['plan', 5],
    ['apply', 8],
  ] as const) {
    const end = await unwrapped([command, 'container-logs', '--hosts', hosts]);
    expect(end).toMatchObject({ code, error: undefined });
    expect(end.data).toContain('It is unknown whether anything must change.\n');
    expect(end.data).toContain('2 nodes could not be checked and are not part of the plan: worker-[1-2]\n  ');
    expect(end.data).not.toContain('Nothing to change');
  }
});

test.each([
  ['nothing of it', [], 8, 'It is unknown whether anything must change.'],
  ['a part of it', ['apps', 'batch'], 6, 'Nothing to change in what was looked at'],
])('what the API server shows %s of is not an all-clear', async (_shown, groups, expected, words) => {
  const shown = ['nodes', 'pods', 'namespaces', ...(groups.length > 0 ? ['events', 'replicationcontrollers'] : [])];
  const rules = [
    { groups: [''], resources: shown, verbs: ['get', 'list'] },
    { groups, resources: ['*'], verbs: ['list'] },
  ];
  const { code, data } = await (await commands(cluster, rules))('apply', 'image-pull');
  expect(data).toContain(words);
  expect(data).toContain('Not everything in the cluster could be checked');
  expect(code).toBe(expected);
});

test('findings that no plan mends are named, and the remedies that nobody named', async () => {
  const faults = (await problemCatalogue.find(({ meta }) => meta.id === 'image-pull')?.load())?.clusterFaults;
  const waiting = ['docker-hub-limit', 'tag-missing', 'registry-unreachable'].flatMap(
    (fault) => faults?.[fault]?.('worker-1').map(({ object }) => object as unknown as KubeObject) ?? [],
  );
  const nodemend = await commands([...cluster, ...waiting]);

  const { code, data } = await nodemend('plan');
  expect(code).toBe(5);
  expect(data).toContain('A plan cannot fix 3 findings: dockerhub-rate-limit, network-unreachable, not-found.');
  expect(data).toContain('Optional remedies for image-pull, to add with --remedy: rewrite-references, mirror.');
  expect(data).toMatch(notLookedAt);
});
