import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPrograms } from '../../../testbed/programs.ts';
import { startControlPlane, type ControlPlane } from '../../../testbed/control-plane/control-plane.ts';
import { operatorOf, type CommandResult, type Operator } from '../../../test/end-to-end/operator.ts';
import { waitUntil } from '../../../test/end-to-end/wait-until.ts';
import { appliable } from '../../kubernetes/appliable.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { imagePolicies, isImagePolicy, type ImagePolicyOptions } from '../../actions/manifest/image-policy.ts';

const kinds = 'validatingadmissionpolicies,validatingadmissionpolicybindings';
const ownLabel = 'app.kubernetes.io/managed-by=nodemend';

/** A real API server, which compiles and evaluates the expressions itself. */
let plane: ControlPlane;
let kubectlProgram: string;
const folder = mkdtempSync(join(tmpdir(), 'nodemend-policy-'));

beforeAll(async () => {
  const { etcd, apiserver, kubectl } = await findPrograms({
    environment: process.env,
    docker: 'none',
    containerd2: false,
    report: () => undefined,
  });
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
    await waitUntil(async () =>
      (await create(make('probe', retired), 'team', ['--dry-run=server'])).output.includes('no longer served')
        ? undefined
        : kind,
    );
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
  Deployment: (name, image) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector: labelled(name), template: template(name, always(specOf(image))) },
  }),
  StatefulSet: (name, image) => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: { serviceName: name, selector: labelled(name), template: template(name, always(specOf(image))) },
  }),
  DaemonSet: (name, image) => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { selector: labelled(name), template: template(name, always(specOf(image))) },
  }),
  ReplicaSet: (name, image) => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name },
    spec: { selector: labelled(name), template: template(name, always(specOf(image))) },
  }),
  ReplicationController: (name, image) => ({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name },
    spec: { selector: { app: name }, template: template(name, always(specOf(image))) },
  }),
  Job: (name, image) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { template: template(name, specOf(image)) },
  }),
  CronJob: (name, image) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: template(name, specOf(image)) } } },
  }),
  PodTemplate: (name, image) => ({
    apiVersion: 'v1',
    kind: 'PodTemplate',
    metadata: { name },
    template: template(name, specOf(image)),
  }),
};

const create = (object: Made, namespace = 'team', flags: readonly string[] = []): Promise<Said> =>
  kubectl_(['create', '-n', namespace, ...flags], object);

describe('it warns', () => {
  beforeAll(() => enforce({ deny: false, exceptNamespaces: [] }));

  test.each(Object.entries(samples))('of a %s, and lets it pass', async (_kind, make) => {
    const said = await create(make('warned', retired), 'team', ['--dry-run=server']);

    expect(said.ok).toBe(true);
    expect(said.output).toContain(`Warning: Validation failed for ValidatingAdmissionPolicy`);
    expect(said.output).toContain(
      `images of registries that are no longer served: ${retired} (nodemend rewrite names their successors)`,
    );
    expect((await create(make('quiet', served), 'team', ['--dry-run=server'])).output).not.toContain('Warning');
  });
});

describe('it refuses, when that was asked for', () => {
  beforeAll(async () => {
    // There before the gate was closed.
    await create(samples['Deployment']!('old', retired));
    await create({
      ...samples['Deployment']!('two', retired),
      spec: {
        selector: labelled('two'),
        template: template('two', {
          ...always(specOf(retired)),
          initContainers: [{ name: 'first', image: 'docker.pkg.github.com/o/r/i:1' }],
        }),
      },
    });
    await enforce({ deny: true, exceptNamespaces: ['legacy'] });
  });

  test.each(Object.entries(samples))('a %s', async (kind, make) => {
    await waitUntil(async () =>
      (await create(make('refused', retired), 'team', ['--dry-run=server'])).ok ? `${kind} was let pass` : undefined,
    );
    expect((await create(make('fine', served))).output).toContain('created');
  });

  test.each([
    ['an init container', { initContainers: [{ name: 'first', image: retired }] }],
    ['an image volume', { volumes: [{ name: 'data', image: { reference: retired } }] }],
    ['another prefix', { initContainers: [{ name: 'first', image: 'gcr.io/google_containers/pause:3.2' }] }],
  ])('%s', async (_what, more) => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'inner' }, spec: { ...specOf(served), ...more } };

    expect(await create(pod)).toMatchObject({
      ok: false,
      output: expect.stringContaining('no longer served') as unknown,
    });
  });

  test('an ephemeral container', async () => {
    await create(samples['Pod']!('debugged', served));
    const debug = await kubectl_([
      'debug',
      '-n',
      'team',
      'debugged',
      `--image=${retired}`,
      '--profile=general',
      '--',
      'true',
    ]);

    expect(debug).toMatchObject({ ok: false, output: expect.stringContaining('no longer served') as unknown });
  });

  test('never what is in kube-system, or in a namespace that was left out', async () => {
    expect((await create(samples['Deployment']!('system', retired), 'kube-system')).ok).toBe(true);
    expect((await create(samples['Pod']!('legacy', retired), 'legacy')).ok).toBe(true);
  });

  test('never the pods of a workload that is there, and no change that adds none', async () => {
    const owned = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'replaced',
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'ReplicaSet',
            name: 'old-1',
            uid: '00000000-0000-0000-0000-000000000001',
            controller: true,
          },
        ],
      },
      spec: specOf(retired),
    };

    expect((await create(owned)).ok).toBe(true);
    expect((await kubectl_(['scale', '-n', 'team', 'deployment/old', '--replicas=3'])).ok).toBe(true);
    // One of its two is taken away, and the other stays for now.
    expect((await kubectl_(['set', 'image', '-n', 'team', 'deployment/two', `first=${served}`])).ok).toBe(true);
    expect((await kubectl_(['set', 'image', '-n', 'team', 'deployment/two', 'first=k8s.gcr.io/other:1'])).ok).toBe(
      false,
    );
    expect((await kubectl_(['set', 'image', '-n', 'team', 'deployment/old', `main=${served}`])).ok).toBe(true);
    expect((await kubectl_(['set', 'image', '-n', 'team', 'deployment/old', `main=${retired}`])).ok).toBe(false);
  });
});

describe('nodemend puts it into force and takes it out again', () => {
  /** The command of this checkout, as somebody with a kubeconfig types it on a machine of their own. */
  let kim: Operator;
  const policies = async (): Promise<readonly string[]> =>
    (
      await kubectl_([
        'get',
        'validatingadmissionpolicies,validatingadmissionpolicybindings',
        '-o',
        'name',
        '-l',
        'app.kubernetes.io/managed-by=nodemend',
      ])
    ).output
      .split('\n')
      .filter((line) => line.includes('nodemend'));
  const dryRun = async (kind: string, namespace = 'team'): Promise<Said> =>
    create(samples[kind]!('tried', retired), namespace, ['--dry-run=server']);
  const untilRefused = (refused: boolean): Promise<void> =>
    waitUntil(async () =>
      (await Promise.all(['Pod', 'Deployment', 'CronJob', 'PodTemplate'].map((kind) => dryRun(kind)))).every(
        ({ ok }) => ok !== refused,
      )
        ? undefined
        : `refused is not ${refused}`,
    );
  /** A command and the run that it began: of two in one minute the names do not tell which was first. */
  const begun = async (...args: readonly string[]): Promise<CommandResult & { readonly run: string }> => {
    const known = kim.runs();
    const result = await kim.nodemend(...args, '--yes', '--lang', 'en');
    return { ...result, run: kim.runs().find((one) => !known.includes(one)) ?? '' };
  };

  beforeAll(async () => {
    kim = operatorOf(undefined, { KUBECONFIG: plane.kubeconfig('admin') });
    for (const name of ['nodemend', 'nodemend-runs']) await kubectl_(['create', 'namespace', name]);
    await kubectl_(['delete', kinds, '-l', ownLabel]);
    await untilRefused(false);
  });
  afterAll(() => kim?.leave());

  test('it shows the policies and asks: without an answer nothing is there', async () => {
    const { exitCode, stdout, stderr } = await kim.nodemend(
      'admission-policy',
      '--apply',
      '--allow',
      'deny',
      '--lang',
      'en',
    );

    expect([exitCode, /\[([A-Z_]+)\]/.exec(stderr)?.[1]]).toEqual([8, 'APPROVAL_MISSING']);
    expect(stdout).toContain('CREATE  ValidatingAdmissionPolicy/nodemend-retired-images-pods');
    expect(stdout).toContain('+++ ValidatingAdmissionPolicyBinding/nodemend-retired-images-cronjobs\tplanned');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('8 changes to cluster objects. Requires --allow deny.');
    expect(await policies()).toEqual([]);
  });

  test('to warn: done in one run, and the next one has nothing to do', async () => {
    const applied = await begun('admission-policy', '--apply');

    expect(applied).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`DONE  run ${applied.run}, 8 of 8 objects`) as unknown,
    });
    expect(await policies()).toHaveLength(8);
    await waitUntil(async () =>
      (await dryRun('Deployment')).output.includes('no longer served') ? undefined : 'no warning yet',
    );
    expect((await dryRun('Deployment')).ok).toBe(true);
    expect(await kim.nodemend('admission-policy', '--apply', '--yes', '--lang', 'en')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Nothing to change.') as unknown,
    });
    expect(await kim.nodemend('verify', applied.run, '--lang', 'en')).toMatchObject({ exitCode: 0 });
  });

  test('to refuse: that changes the bindings alone, and an undo makes them warn again', async () => {
    const applied = await begun('admission-policy', '--apply', '--allow', 'deny', '--except-namespace', 'legacy');

    expect(applied.stdout).toContain('-    - Warn');
    expect(applied).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('4 of 4 objects') as unknown });
    await untilRefused(true);
    expect((await dryRun('Deployment', 'kube-system')).ok).toBe(true);
    expect((await dryRun('Deployment', 'legacy')).ok).toBe(true);
    expect((await kim.nodemend('undo', applied.run, '--yes', '--lang', 'en')).exitCode).toBe(0);
    await untilRefused(false);
    expect(await policies()).toHaveLength(8);
  });

  test('killed in the middle it is resumed here, and undone from another machine', async () => {
    await kim.nodemend('admission-policy', '--remove', '--yes');
    expect(await policies()).toEqual([]);
    const known = kim.runs();
    const { child, ended } = kim.start('admission-policy', '--apply', '--allow', 'deny', '--yes');
    const run = await kim.journalled(known, ({ entry }) => entry === 'object');
    child.kill('SIGKILL');
    expect((await ended).exitCode).toBeNull();
    expect((await policies()).length).toBeLessThan(8);

    expect((await kim.nodemend('resume', run, '--yes', '--lang', 'en')).stdout).toContain(
      `DONE  run ${run}, 8 of 8 objects`,
    );
    expect(await policies()).toHaveLength(8);
    const made = JSON.parse((await kubectl_(['get', kinds, '-l', ownLabel, '-o', 'json'])).output) as {
      readonly items: readonly JsonObject[];
    };
    expect(made.items.map(appliable).filter(isImagePolicy)).toHaveLength(8);
    await untilRefused(true);
    const lee = operatorOf(undefined, { KUBECONFIG: plane.kubeconfig('admin') });
    try {
      expect((await lee.nodemend('history', '--from-cluster', '--lang', 'en')).stdout).toMatch(
        new RegExp(`^${run} +apply +done +0 +8 `, 'mu'),
      );
      // Its plan is on kim's machine: what the record says is shown, and a person answers for it.
      expect(await lee.nodemend('undo', run, '--yes', '--lang', 'en')).toMatchObject({
        exitCode: 8,
        stdout: expect.stringMatching(/^REMOVE +ValidatingAdmissionPolicy\/nodemend-retired-images-pods$/mu) as unknown,
        stderr: expect.stringContaining('[RUN_FROM_ELSEWHERE]') as unknown,
      });
      expect(await policies()).toHaveLength(8);
      const undo = lee.onTerminal('undo', run, '--lang', 'ko');
      await waitUntil(async () => (undo.screen().includes('yes') ? undefined : 'the question'));
      expect(undo.screen()).toContain(`실행 ${run}의 계획이 이 컴퓨터에 없습니다.`);
      undo.type('yes\r');
      expect(await undo.ended).toMatchObject({
        exitCode: 6,
        stdout: expect.stringContaining('[RUN_NODES_UNPROVEN]') as unknown,
      });
      expect(await policies()).toEqual([]);
      const plan = join(kim.folder, 'state/nodemend/runs', `${run}.plan.json`);
      const undone = (...words: readonly string[]): Promise<CommandResult> =>
        lee.nodemend('undo', run, '--plan', plan, '--yes', '--lang', 'ko', ...words);
      expect(await undone()).toMatchObject({
        exitCode: 8,
        stderr: expect.stringContaining('[PLAN_FROM_ELSEWHERE]') as unknown,
      });
      const { hash } = JSON.parse(readFileSync(plan, 'utf8')) as { readonly hash: string };
      expect((await undone('--plan-hash', `sha256:${hash}`)).exitCode).toBe(0);
      expect((await lee.nodemend('history', '--from-cluster', '--lang', 'en')).stdout).toMatch(
        new RegExp(`^${run} +undo +undone +0 +8 `, 'mu'),
      );
    } finally {
      lee.leave();
    }
    expect(await policies()).toEqual([]);
    await untilRefused(false);
  });

  test('a policy of that name that somebody else made is left alone', async () => {
    const [theirs] = imagePolicies({ deny: false, exceptNamespaces: [] });
    await kubectl_(['create'], { ...theirs, metadata: { name: 'nodemend-retired-images-pods' } });
    const { exitCode, stderr } = await kim.nodemend('admission-policy', '--apply', '--yes', '--lang', 'en');

    expect([exitCode, /\[([A-Z_]+)\]/.exec(stderr)?.[1]]).toEqual([8, 'OBJECT_NOT_OURS']);
    expect(await policies()).toEqual([]);
  });
});

describe("names of the user's table are judged as the built-in ones are", () => {
  beforeAll(() => enforce({ deny: true, exceptNamespaces: [], moved: ['docker.io/bitnami', 'harbor.example:5000'] }));

  test.each([
    'bitnami/redis:7',
    'docker.io/bitnami/redis',
    'index.docker.io/bitnami/redis:7',
    'harbor.example:5000/a/b:1',
  ])('%s is refused', async (image) => {
    const said = await waitUntilRefused(samples['Pod']!('moved', image));
    expect(said).toContain(`no longer served: ${image}`);
  });

  test.each([
    'bitnamilegacy/redis:7',
    'quay.io/bitnami/redis:7',
    'harbor.example/a/b:1',
    'docker.io/bitnamilegacy/redis',
  ])('%s is let pass', async (image) => {
    expect(await create(samples['Pod']!('stays', image), 'team', ['--dry-run=server'])).toMatchObject({ ok: true });
  });
});

async function waitUntilRefused(object: Made): Promise<string> {
  let output = '';
  await waitUntil(async () => {
    const said = await create(object, 'team', ['--dry-run=server']);
    output = said.output;
    return said.ok ? 'it was let pass' : undefined;
  });
  return output;
}
