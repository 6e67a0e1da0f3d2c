import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { KubeObject } from '../../../lab/api/objects.ts';
import { kinds } from '../../../lab/api/resources.ts';
import { serveFake, type ServedFake } from '../../../lab/api/testing/serve-fake.ts';
import { namespace, node } from '../../../lab/api/testing/some-objects.ts';
import { takeLease } from '../../engine/rollout/run-lease.ts';
import type { RunDependencies } from '../../engine/rollout/run-request.ts';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';

/** A cluster in which nobody prepared anything for nodemend: its own namespaces, and a workload to be mended. */
const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'shop', name: 'web' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'k8s.gcr.io/pause:3.2' }] },
    },
  },
};
const cluster = [namespace('kube-system'), namespace('shop'), node('worker-1'), deployment];
const remedy = ['--remedy', 'rewrite-references', '--allow-unverified', '--allow', 'restart'];

async function started(): Promise<{
  readonly fake: ServedFake;
  readonly run: (...argv: readonly string[]) => Promise<CommandEnd>;
}> {
  const fake = await serveFake(cluster);
  const home = mkdtempSync(join(tmpdir(), 'nodemend-unprepared-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const kubeconfig = fake.kubeconfig('admin');
  const environment = { HOME: home, XDG_STATE_HOME: home };
  return { fake, run: (...argv) => runInProcess([...argv, '--kubeconfig', kubeconfig], { environment }) };
}

/** What was printed to be typed, as kubectl would carry it out. */
function carryOut(command: string, { store }: ServedFake): void {
  for (const one of command.split(' && ')) {
    const [, name = ''] = /^kubectl --context lab create namespace (\S+)$/u.exec(one) ?? [];
    expect(store.create(kinds.Namespace, namespace(name))).toMatchObject({ object: {} });
  }
}

test('the first apply says what is missing before it asks, and the one command for it; then it goes through', async () => {
  const { fake, run } = await started();

  const first = await run('apply', 'image-pull', ...remedy);
  expect(first.error).toMatchObject({
    code: 'LEASE_NAMESPACE_MISSING',
    exitCode: 8,
    params: { namespace: 'nodemend' },
  });
  expect(first.data).toContain('shop/Deployment/web');
  const { params } = first.error as { readonly params: { readonly command: string } };
  carryOut(params.command, fake);

  const second = await run('apply', 'image-pull', ...remedy, '--yes');
  expect(second.error).toBeUndefined();
  const { object } = fake.store.get(kinds.Deployment, 'shop', 'web') as { readonly object: typeof deployment };
  expect(JSON.stringify(object)).toContain('registry.k8s.io/pause:3.2');
});

test('where nobody looked before, the lease itself says what is missing', async () => {
  const { fake } = await started();
  const dependencies = {
    api: fake.client('admin'),
    lease: { namespace: 'ops', name: 'nodemend-run' },
    onEvent: () => {},
    signal: new AbortController().signal,
  };
  await expect(takeLease(dependencies as unknown as RunDependencies, 'a-run')).rejects.toMatchObject({
    code: 'LEASE_NAMESPACE_MISSING',
    params: { namespace: 'ops', command: expect.stringMatching(/^kubectl .*create namespace ops$/u) as unknown },
  });
});
