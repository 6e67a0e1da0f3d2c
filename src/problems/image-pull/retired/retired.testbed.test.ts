import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInProcess, type CommandEnd } from '../../../cli/testing/run-in-process.ts';
import { startDaemon, type Daemon } from '../../../../testbed/control-plane/daemon.ts';
import { startControlPlane, type ControlPlane } from '../../../../testbed/control-plane/control-plane.ts';
import { emptyLayer, makeImage } from '../../../../testbed/fakes/docker-hub/images.ts';
import { serveInternet } from '../../../../testbed/fakes/docker-hub/serve-internet.ts';
import { findPrograms } from '../../../../testbed/programs.ts';
import { walkthrough } from '../../../../test/end-to-end/walkthrough.ts';
import { waitUntil } from '../../../../test/end-to-end/wait-until.ts';
import { everyKind, old, served } from './testing/every-kind.ts';

/**
 * A real API server and controller manager, without nodes that run anything: workloads of no replicas roll out at once.
 * The registries are a fake, under their real names.
 */
let plane: ControlPlane;
let manager: Daemon;
let kubectlProgram: string;
const folder = mkdtempSync(join(tmpdir(), 'nodemend-retired-'));
const state = join(folder, 'state');

beforeAll(async () => {
  const {
    etcd,
    apiserver,
    kubectl: program,
    controllerManager,
  } = await findPrograms({ environment: process.env, docker: 'none', containerd2: false, report: () => undefined });
  kubectlProgram = program;
  plane = await startControlPlane({ binaries: { etcd, apiserver }, users: ['reader', 'changer'] });
  const flags = [
    `--kubeconfig=${plane.kubeconfig('admin')}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--use-service-account-credentials=false',
    '--concurrent-gc-syncs=1',
  ];
  manager = startDaemon({
    name: 'kube-controller-manager',
    program: controllerManager,
    args: flags,
    logFile: join(folder, 'controller-manager.log'),
  });
  for (const namespace of ['shop', 'nodemend']) await kubectl('create', 'namespace', namespace);
  await apply(...everyKind.definitions);
  await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  await apply(...everyKind.owners);
  const { metadata } = JSON.parse(await kubectl('get', 'platform', 'main', '-n', 'shop', '-o', 'json')) as {
    metadata: { uid: string };
  };
  await apply(...everyKind.objects(metadata.uid));
  await giveRoles();
});
afterAll(async () => {
  await manager?.stop();
  await plane?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * The shipped roles, as their files say how to bind them, and nothing else; custom resources are for their owner to
 * give.
 */
async function giveRoles(): Promise<void> {
  for (const file of ['base/nodemend-read', 'nodemend-change', 'nodemend-change-workloads'])
    await kubectl('apply', '-f', join(import.meta.dirname, `../../../../deploy/${file}.yaml`));
  for (const user of ['reader', 'changer'])
    await kubectl('create', 'clusterrolebinding', user, '--clusterrole=nodemend-read', `--user=${user}`);
  for (const namespace of ['nodemend', 'nodemend-runs'])
    await kubectl('create', 'rolebinding', 'changer', '-n', namespace, '--role=nodemend-change', '--user=changer');
  await kubectl(
    'create',
    'rolebinding',
    'changer',
    '-n',
    'shop',
    '--clusterrole=nodemend-change-workloads',
    '--user=changer',
  );
  await kubectl(
    'create',
    'clusterrole',
    'customs',
    '--verb=get,list,patch',
    '--resource=rollouts.argoproj.io,platforms.example.test',
  );
  await kubectl('create', 'clusterrolebinding', 'customs', '--clusterrole=customs', '--user=changer');
}

async function kubectl(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(kubectlProgram, ['--kubeconfig', plane.kubeconfig('admin'), ...args], {
    maxBuffer: 64 * 1024 ** 2,
  });
  return stdout;
}

async function apply(...objects: readonly unknown[]): Promise<void> {
  const file = join(folder, 'objects.json');
  writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n'));
  // Not `apply`: an image in an annotation would be none of a pod, and must not be taken for one either.
  await kubectl('create', '--save-config', '-f', file);
}

async function nodemend(
  environment: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<CommandEnd> {
  const surroundings = {
    KUBECONFIG: plane.kubeconfig('admin'),
    HOME: folder,
    XDG_STATE_HOME: state,
    NO_PROXY: '127.0.0.1',
    PATH: process.env['PATH'] ?? '',
    ...environment,
  };
  return runInProcess(words, { environment: surroundings, workingFolder: folder, columns: 80 });
}

const changed = [
  'CronJob/web',
  'DaemonSet/web',
  'Deployment/web',
  'PodTemplate/web',
  'ReplicaSet/web',
  'ReplicationController/web',
  'Rollout/web',
  'StatefulSet/web',
];
const resources = [
  'cronjobs',
  'daemonsets',
  'deployments',
  'podtemplates',
  'replicasets',
  'replicationcontrollers',
  'rollouts',
  'statefulsets',
  'jobs',
  'platforms',
];

interface Shown {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: unknown;
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
  readonly spec?: unknown;
  readonly template?: unknown;
}

/**
 * Every object without what the server counts, by kind and name; what a Deployment made of itself is its own affair.
 */
async function objectsNow(): Promise<Readonly<Record<string, unknown>>> {
  const { items } = JSON.parse(await kubectl('get', resources.join(','), '-n', 'shop', '-o', 'json')) as {
    readonly items: readonly Shown[];
  };
  const made = items.filter(({ metadata: { ownerReferences = [] } }) =>
    ownerReferences.every(({ kind }) => kind !== 'Deployment'),
  );
  return Object.fromEntries(
    made.map(({ kind, metadata: { name, labels }, spec, template }) => [
      `${kind}/${name}`,
      JSON.parse(JSON.stringify({ labels, spec, template })) as unknown,
    ]),
  );
}

const withImage = (objects: Readonly<Record<string, unknown>>, names: readonly string[]): unknown =>
  Object.fromEntries(
    Object.entries(objects).map(([name, object]) => [
      name,
      names.includes(name) ? JSON.parse(JSON.stringify(object).replaceAll(old, served)) : object,
    ]),
  );

interface FindingsDocument {
  readonly findings: readonly {
    readonly status: string;
    readonly rule: string;
    readonly subject: { readonly name?: string };
    readonly key: string;
  }[];
}

test('discovery: custom resources are found, and what is Kubernetes’ own, or computed, is not taken for one', async () => {
  const { code, data } = await nodemend({}, 'diagnose', '--only', 'image-pull', '--custom-resources', '-o', 'json');
  const { findings } = JSON.parse(data) as FindingsDocument;

  expect(code).toBe(4);
  expect(
    findings
      .filter(({ status }) => status === 'warn')
      .map(({ key, subject }) => `${key.replace(/^.*findings\./, '')} ${subject.name}`)
      .toSorted(),
  ).toEqual(
    [
      ...changed.map((name) => `retired-reference.patch ${name}`),
      'retired-reference-unclear.field Platform/main',
      'retired-reference.helm Deployment/chart',
      'retired-reference.job Job/once',
      'retired-reference.owner Deployment/owned',
    ].toSorted(),
  );
  expect(findings.filter(({ status }) => status === 'unknown')).toEqual([]);
});

test('without being asked no custom resource is listed, and that is said', async () => {
  const { data } = await nodemend({}, 'diagnose', '--only', 'image-pull', '-o', 'json');
  const { findings } = JSON.parse(data) as FindingsDocument;

  expect(findings.filter(({ status }) => status === 'not-looked-at').map(({ rule }) => rule)).toContain(
    'custom-resources-unknown',
  );
  expect(findings.some(({ subject }) => subject.name === 'Rollout/web')).toBe(false);
});

test('with the shipped role custom resources are unknown by their names when they are asked for, and no trouble else', async () => {
  const reader = { KUBECONFIG: plane.kubeconfig('reader') };
  await waitUntil(async () =>
    (await nodemend(reader, 'diagnose', '--only', 'image-pull')).code === 4 ? undefined : 'the role is not in force',
  );
  const { code, data } = await nodemend(reader, 'diagnose', '--only', 'image-pull', '--custom-resources', '-o', 'json');
  const { findings } = JSON.parse(data) as FindingsDocument;

  expect(code).toBe(5);
  expect(findings.filter(({ status }) => status === 'unknown')).toMatchObject([
    {
      rule: 'custom-resources-unknown',
      reason: 'forbidden',
      params: { resources: 'rollouts.argoproj.io, platforms.example.test' },
    },
  ]);
});

test('nothing is planned that no registry was asked for', async () => {
  const { code, data } = await nodemend({}, 'plan', 'image-pull', '--remedy', 'rewrite-references', '-o', 'json');
  const { clusterActions, refused } = JSON.parse(data) as {
    readonly clusterActions?: unknown;
    readonly refused: readonly { readonly key: string }[];
  };

  expect([code, clusterActions]).toEqual([0, undefined]);
  expect(new Set(refused.map(({ key }) => key))).toEqual(new Set(['refused.rewrite-unverified']));
});

describe('the walkthrough of docs/retired-registries.md', () => {
  const steps = walkthrough('docs/retired-registries.md', 'In a cluster');

  test('both languages show the same commands', () => {
    expect(walkthrough('docs/retired-registries.ko.md', '클러스터에서 바꾸기')).toEqual(steps);
  });

  test(
    'references are found, asked for, written, and put back, with the shipped roles alone',
    { timeout: 120_000 },
    async () => {
      const { environment, asked } = await serveInternet(['registry.k8s.io'], {
        images: [makeImage({ repository: 'pause', tag: '3.2', layer: emptyLayer })],
      });
      const before = await objectsNow();
      const told: string[] = [];
      for (const words of steps) {
        const [run = ''] = runIds();
        const isChange = ['apply', 'undo'].includes(words[0] ?? '');
        const end = await nodemend(
          { ...environment, KUBECONFIG: plane.kubeconfig('changer') },
          ...words.map((word) => (word === 'RUN' ? run : word)),
          ...(isChange ? ['--yes'] : []),
        );
        expect(end.error, `${words.join(' ')}\n${end.notes}`).toBeUndefined();
        told.push(`${words[0]} ${end.code}`);
        if (words[0] === 'apply') expect(await objectsNow()).toEqual(withImage(before, changed));
      }

      expect(told).toEqual(['diagnose 4', 'plan 0', 'apply 0', 'verify 0', 'undo 0']);
      // Undone to the field: what the server fills in is as it was.
      expect(await objectsNow()).toEqual(before);
      // Once for each name, and nobody else.
      expect(new Set(asked)).toEqual(new Set(['registry.k8s.io:443']));
    },
  );

  test('a Deployment that somebody changed meanwhile is left alone', { timeout: 60_000 }, async () => {
    const { environment } = await serveInternet(['registry.k8s.io'], {
      images: [makeImage({ repository: 'pause', tag: '3.2', layer: emptyLayer })],
    });
    const named = [
      'plan',
      'image-pull',
      '--remedy',
      'rewrite-references',
      '--verify-references',
      '--out',
      'again.json',
    ];
    expect(await nodemend(environment, ...named)).toMatchObject({ code: 0 });
    await kubectl('set', 'image', '-n', 'shop', 'deployment/web', 'main=k8s.gcr.io/pause:3.9');
    const before = await objectsNow();
    const end = await nodemend(environment, 'apply', './again.json', '--allow', 'restart', '--yes');

    expect(end.code).not.toBe(0);
    await waitUntil(async () => ((await objectsNow())['Deployment/web'] === undefined ? 'it is gone' : undefined));
    expect((await objectsNow())['Deployment/web']).toEqual(before['Deployment/web']);
  });
});

describe('Flannel, in kube-system', () => {
  const flannel = 'kube-flannel-ds-amd64';
  const image = 'quay.io/coreos/flannel:v0.15.1-amd64';
  const named = [
    'plan',
    'image-pull',
    '--remedy',
    'rewrite-references',
    '--verify-references',
    '--out',
    'flannel.json',
    '--namespace',
    'kube-system',
  ];

  async function imagesNow(): Promise<readonly string[]> {
    const { spec } = JSON.parse(await kubectl('get', 'daemonset', flannel, '-n', 'kube-system', '-o', 'json')) as {
      spec: { template: { spec: Record<'initContainers' | 'containers', { image: string }[]> } };
    };
    const { initContainers, containers } = spec.template.spec;
    return [...initContainers, ...containers].map((one) => one.image);
  }

  test(
    'its images get the names that ghcr.io has, and back, with the narrow role alone',
    { timeout: 120_000 },
    async () => {
      const role = 'nodemend-change-network';
      await kubectl('apply', '-f', join(import.meta.dirname, `../../../../deploy/${role}.yaml`));
      await kubectl('create', 'rolebinding', role, '-n', 'kube-system', `--role=${role}`, '--user=changer');
      const labels = { app: 'flannel' };
      await apply({
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: flannel, namespace: 'kube-system' },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              nodeSelector: { none: 'such' },
              initContainers: [{ name: 'install-cni', image }],
              containers: [{ name: 'kube-flannel', image }],
            },
          },
        },
      });
      const { environment } = await serveInternet(['ghcr.io', 'registry.k8s.io'], {
        images: [makeImage({ repository: 'flannel-io/flannel', tag: 'v0.15.1', layer: emptyLayer })],
      });
      const asChanger = { ...environment, KUBECONFIG: plane.kubeconfig('changer') };
      expect(await nodemend(asChanger, ...named)).toMatchObject({ code: 0 });
      const { clusterActions } = JSON.parse(readFileSync(join(folder, 'flannel.json'), 'utf8')) as {
        clusterActions: readonly { id: string }[];
      };
      expect(clusterActions.map(({ id }) => id)).toEqual([`object-patch:kube-system/DaemonSet/${flannel}`]);

      const known = runIds();
      const applied = await nodemend(asChanger, 'apply', './flannel.json', '--allow', 'restart', '--yes');
      expect(applied, applied.notes).toMatchObject({
        code: 0,
      });
      expect(await imagesNow()).toEqual(['ghcr.io/flannel-io/flannel:v0.15.1', 'ghcr.io/flannel-io/flannel:v0.15.1']);
      const run = runIds().find((one) => !known.includes(one)) ?? '';
      expect(await nodemend(asChanger, 'verify', run)).toMatchObject({ code: 0 });
      expect(await nodemend(asChanger, 'undo', run, '--allow', 'restart', '--yes')).toMatchObject({ code: 0 });
      expect(await imagesNow()).toEqual([image, image]);
    },
  );
});

function runIds(): readonly string[] {
  try {
    return readdirSync(join(state, 'nodemend', 'runs'))
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => name.slice(0, -6))
      .toSorted()
      .toReversed();
  } catch {
    return [];
  }
}
