import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPrograms } from '../../../testbed/programs.ts';
import { startControlPlane, type ControlPlane } from '../../../testbed/control-plane/control-plane.ts';
import { waitUntil } from '../../../test/end-to-end/wait-until.ts';
import { imagePolicies, type ImagePolicyOptions } from './image-policy.ts';

/** A real API server, which compiles and evaluates the expressions itself. */
let plane: ControlPlane;
let kubectlProgram: string;
const folder = mkdtempSync(join(tmpdir(), 'nodemend-policy-'));

beforeAll(async () => {
  const { etcd, apiserver, kubectl } = await findPrograms({ environment: process.env, docker: 'none', containerd2: false, report: () => undefined });
  kubectlProgram = kubectl;
  // No service accounts here: without them a pod could not be made at all. Image volumes are beta in 1.34, and off.
  const apiserverFlags = ['--disable-admission-plugins=ServiceAccount', '--feature-gates=ImageVolume=true'];
  plane = await startControlPlane({ binaries: { etcd, apiserver }, apiserverFlags });
  for (const namespace of ['team', 'legacy']) await kubectl_(['create', 'namespace', namespace]);
});
afterAll(async () => {
  await plane?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Said {
  readonly ok: boolean;
  readonly output: string;
}

function kubectl_(args: readonly string[], ...objects: readonly unknown[]): Promise<Said> {
  const file = join(folder, 'objects.json');
  writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n'));
  const all = ['--kubeconfig', plane.kubeconfig('admin'), ...args, ...(objects.length === 0 ? [] : ['-f', file])];
  return new Promise((resolve) => {
    execFile(kubectlProgram, all, (error, stdout, stderr) => resolve({ ok: error === null, output: stdout + stderr }));
  });
}

/** The policies as they are asked for, in force: the API server takes a moment to notice each. */
async function enforce(options: ImagePolicyOptions): Promise<void> {
  const applied = await kubectl_(['apply'], ...imagePolicies(options));
  expect(applied.output).not.toContain('rror');
  for (const [kind, make] of Object.entries(samples)) {
    await waitUntil(async () => ((await create(make('probe', retired), 'team', ['--dry-run=server'])).output.includes('no longer served') ? undefined : kind));
  }
}

const retired = 'k8s.gcr.io/pause:3.2';
const served = 'registry.k8s.io/pause:3.2';

interface Specification {
  readonly containers: readonly unknown[];
  readonly [field: string]: unknown;
}

type Made = Readonly<Record<string, unknown>>;

const specOf = (image: string): Specification => ({ restartPolicy: 'Never', containers: [{ name: 'main', image }] });
const template = (name: string, spec: Specification): Made => ({ metadata: { labels: { app: name } }, spec });
const labelled = (name: string): Made => ({ matchLabels: { app: name } });
const always = (spec: Specification): Specification => ({ ...spec, restartPolicy: 'Always' });

/** One object of every kind that makes pods. */
const samples: Readonly<Record<string, (name: string, image: string) => Made>> = {
  Pod: (name, image) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: specOf(image) }),
  Deployment: (name, image) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { selector: labelled(name), template: template(name, always(specOf(image))) } }),
  StatefulSet: (name, image) => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name }, spec: { serviceName: name, selector: labelled(name), template: template(name, always(specOf(image))) } }),
  DaemonSet: (name, image) => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name }, spec: { selector: labelled(name), template: template(name, always(specOf(image))) } }),
  ReplicaSet: (name, image) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name }, spec: { selector: labelled(name), template: template(name, always(specOf(image))) } }),
  ReplicationController: (name, image) => ({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name }, spec: { selector: { app: name }, template: template(name, always(specOf(image))) } }),
  Job: (name, image) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template: template(name, specOf(image)) } }),
  CronJob: (name, image) => ({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name }, spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: template(name, specOf(image)) } } } }),
  PodTemplate: (name, image) => ({ apiVersion: 'v1', kind: 'PodTemplate', metadata: { name }, template: template(name, specOf(image)) }),
};

const create = (object: Made, namespace = 'team', flags: readonly string[] = []): Promise<Said> => kubectl_(['create', '-n', namespace, ...flags], object);

describe('it warns', () => {
  beforeAll(() => enforce({ deny: false, exceptNamespaces: [] }));

  test.each(Object.entries(samples))('of a %s, and lets it pass', async (_kind, make) => {
    const said = await create(make('warned', retired), 'team', ['--dry-run=server']);

    expect(said.ok).toBe(true);
    expect(said.output).toContain(`Warning: Validation failed for ValidatingAdmissionPolicy`);
    expect(said.output).toContain(`images of registries that are no longer served: ${retired} (nodemend rewrite names their successors)`);
    expect((await create(make('quiet', served), 'team', ['--dry-run=server'])).output).not.toContain('Warning');
  });
});

describe('it refuses, when that was asked for', () => {
  beforeAll(async () => {
    // There before the gate was closed.
    await create(samples['Deployment']!('old', retired));
    await create({ ...samples['Deployment']!('two', retired), spec: { selector: labelled('two'), template: template('two', { ...always(specOf(retired)), initContainers: [{ name: 'first', image: 'docker.pkg.github.com/o/r/i:1' }] }) } });
    await enforce({ deny: true, exceptNamespaces: ['legacy'] });
  });

  test.each(Object.entries(samples))('a %s', async (kind, make) => {
    await waitUntil(async () => ((await create(make('refused', retired), 'team', ['--dry-run=server'])).ok ? `${kind} was let pass` : undefined));
    expect((await create(make('fine', served))).output).toContain('created');
  });

  test.each([
    ['an init container', { initContainers: [{ name: 'first', image: retired }] }],
    ['an image volume', { volumes: [{ name: 'data', image: { reference: retired } }] }],
    ['another prefix', { initContainers: [{ name: 'first', image: 'gcr.io/google_containers/pause:3.2' }] }],
  ])('%s', async (_what, more) => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'inner' }, spec: { ...specOf(served), ...more } };

    expect(await create(pod)).toMatchObject({ ok: false, output: expect.stringContaining('no longer served') as unknown });
  });

  test('an ephemeral container', async () => {
    await create(samples['Pod']!('debugged', served));
    const debug = await kubectl_(['debug', '-n', 'team', 'debugged', `--image=${retired}`, '--profile=general', '--', 'true']);

    expect(debug).toMatchObject({ ok: false, output: expect.stringContaining('no longer served') as unknown });
  });

  test('never what is in kube-system, or in a namespace that was left out', async () => {
    expect((await create(samples['Deployment']!('system', retired), 'kube-system')).ok).toBe(true);
    expect((await create(samples['Pod']!('legacy', retired), 'legacy')).ok).toBe(true);
  });

  test('never the pods of a workload that is there, and no change that adds none', async () => {
    const owned = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'replaced', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'old-1', uid: '00000000-0000-0000-0000-000000000001', controller: true }] }, spec: specOf(retired) };

    expect((await create(owned)).ok).toBe(true);
    expect((await kubectl_(['scale', '-n', 'team', 'deployment/old', '--replicas=3'])).ok).toBe(true);
    // One of its two is taken away, and the other stays for now.
    expect((await kubectl_(['set', 'image', '-n', 'team', 'deployment/two', `first=${served}`])).ok).toBe(true);
    expect((await kubectl_(['set', 'image', '-n', 'team', 'deployment/two', 'first=k8s.gcr.io/other:1'])).ok).toBe(false);
    expect((await kubectl_(['set', 'image', '-n', 'team', 'deployment/old', `main=${served}`])).ok).toBe(true);
    expect((await kubectl_(['set', 'image', '-n', 'team', 'deployment/old', `main=${retired}`])).ok).toBe(false);
  });

  test('and is gone with its objects', async () => {
    await kubectl_(['delete', 'validatingadmissionpolicies,validatingadmissionpolicybindings', '-l', 'app.kubernetes.io/managed-by=nodemend']);

    await waitUntil(async () => ((await create(samples['Pod']!('after', retired), 'team', ['--dry-run=server'])).ok ? undefined : 'it is still refused'));
  });
});
