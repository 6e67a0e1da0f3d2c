import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { makeImage } from '../../scripts/image/make-image.ts';
import { makeOneFile } from '../../scripts/package/one-file.ts';
import type { Architecture } from '../../scripts/package/program-tree.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { readBundle } from '../../src/evidence/bundle.ts';
import { pinnedImage } from '../../src/registry/pinned-image.ts';
import { loadImage } from '../../testbed/load-image.ts';
import { startTestTestbed, type TestTestbed } from '../../testbed/testing/test-testbed.ts';
import { loginUser } from '../../testbed/testbed-plan.ts';
import { operatorOf } from '../end-to-end/operator.ts';
import { schedulesSuite } from '../schedule/schedules.ts';
import { problemIds } from '../../src/app/problems/known-problem.ts';
import { deployFolder } from './shipped-files.ts';

/**
 * nodemend's own image in a real cluster, as `deploy/` says: restricted, with a read-only root, by its service account.
 */
const scratch = mkdtempSync(join(tmpdir(), 'nodemend-in-cluster-'));
const [docker, otherDocker, containerd] = ['docker-1', 'docker-2', 'containerd-1'];
let testbed: TestTestbed;
/** The one-file nodemend, which machines outside have. */
let program: string;

interface JobManifest {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly object[] } } };
}

interface JobPod {
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly containerStatuses: readonly {
      readonly state: { readonly terminated?: { readonly exitCode: number; readonly message?: string } };
    }[];
  };
}

interface JobEnd {
  readonly exitCode: number;
  readonly message: string;
  readonly node: string;
  readonly log: string;
}

beforeAll(async () => {
  const making = makeImage(scratch, 0);
  const packing = makeOneFile(process.arch as Architecture, scratch);
  try {
    testbed = await startTestTestbed({ containerd: 1, docker: 2 }, 'in-cluster');
  } finally {
    // Whatever became of the testbed, the build is to clear its scratch away.
    await Promise.allSettled([making, packing]);
  }
  await loadImage(await testbed.status(), (await making).archive);
  program = await packing;
});
afterAll(async () => {
  await testbed?.down();
  rmSync(scratch, { recursive: true, force: true });
});

/** Both outputs of kubectl: warnings of Pod Security are on the other one. */
async function kubectl(...args: readonly string[]): Promise<string> {
  const { kubectl: program, folder } = await testbed.status();
  const { stdout, stderr } = await promisify(execFile)(program, ['--kubeconfig', folder.kubeconfig, ...args]);
  return stdout + stderr;
}

/** The shipped Job on a node, with a name and what else a test wants of it. */
async function createJob(name: string, node: string, container: object = {}): Promise<void> {
  const shipped = parse(readFileSync(join(deployFolder, 'job.yaml'), 'utf8'), { version: '1.1' }) as JobManifest;
  const { template } = shipped.spec;
  const [first, ...others] = template.spec.containers;
  const podSpec = { ...template.spec, nodeName: node, containers: [{ ...first, ...container }, ...others] };
  const job = {
    ...shipped,
    metadata: { name, namespace: 'nodemend' },
    spec: { ...shipped.spec, template: { ...template, spec: podSpec } },
  };
  const file = join(scratch, `${name}.yaml`);
  writeFileSync(file, stringify(job));
  expect(await kubectl('create', '-f', file)).toBe(`job.batch/${name} created\n`);
}

async function jobEnd(job: string): Promise<JobEnd> {
  const podOf = async (): Promise<JobPod | undefined> =>
    (
      JSON.parse(await kubectl('-n', 'nodemend', 'get', 'pods', '-l', `job-name=${job}`, '-o', 'json')) as {
        readonly items: readonly JobPod[];
      }
    ).items[0];
  const end = (pod: JobPod | undefined) => pod?.status.containerStatuses?.[0]?.state.terminated;
  await expect.poll(async () => end(await podOf()), { timeout: 60_000, interval: 250 }).toBeDefined();
  const pod = await podOf();
  const { exitCode = -1, message = '' } = end(pod) ?? {};
  return {
    exitCode,
    message,
    node: pod?.spec.nodeName ?? '',
    log: await kubectl('-n', 'nodemend', 'logs', `job/${job}`),
  };
}

/** The Job is told of its pod's end a moment after the pod. */
const jobsEnd = { timeout: 60_000, interval: 500 };

/** What the Job itself says of its end, by which alerts tell one from another. */
async function endOf(job: string): Promise<string> {
  const { status = {} } = JSON.parse(await kubectl('-n', 'nodemend', 'get', 'job', job, '-o', 'json')) as {
    readonly status?: {
      readonly conditions?: readonly { type: string; status: string; reason?: string; message?: string }[];
    };
  };
  const [end] = (status.conditions ?? []).filter(
    ({ type, status: is }) => /^(?:Complete|Failed)$/.test(type) && is === 'True',
  );
  return end?.type === 'Failed' ? `${end.reason} ${end.message}` : (end?.type ?? '');
}

async function patchCronJob(spec: object): Promise<void> {
  const patch = ['patch', 'cronjob', 'nodemend-diagnose', '--type=merge', '-p', JSON.stringify({ spec })];
  await kubectl('-n', 'nodemend', ...patch);
}

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

test('kubectl apply -k deploy: taken as it is, without a warning of Pod Security', async () => {
  const said = await kubectl('apply', '-k', deployFolder);
  expect(said.trim().split('\n')).toEqual(
    expect.arrayContaining(['namespace/nodemend created', 'cronjob.batch/nodemend-diagnose created']),
  );
  expect(
    said
      .trim()
      .split('\n')
      .filter((line) => !line.endsWith(' created')),
  ).toEqual([]);
});

test('a Job without a key asks what the API server tells, and is complete where that is fine', async () => {
  await createJob('api-only', containerd);
  const { exitCode, node, log } = await jobEnd('api-only');
  expect(node).toBe(containerd);
  expect(log).toContain('Cluster in-cluster (https://10.96.0.1), 3 nodes, API server only');
  expect(exitCode, log).toBe(0);
  await expect.poll(() => endOf('api-only'), jobsEnd).toBe('Complete');
});

test('asked for what only the nodes tell, it is incomplete, and no all-clear', async () => {
  await createJob('nodes-too', containerd, { args: ['diagnose'] });
  const { exitCode, message, log } = await jobEnd('nodes-too');
  expect(log.replaceAll(/\s+/g, ' ')).toContain(
    'No problems found through the API server. The 3 nodes themselves were not looked at: this is not an all-clear.',
  );
  expect(exitCode).toBe(5);
  expect(message.replaceAll(/\s+/g, ' ')).toContain('this is not an all-clear');
  await expect.poll(() => endOf('nodes-too'), jobsEnd).toMatch(/^PodFailurePolicy .* exit code 5 .* index 2$/);
});

test('a Job whose nodemend failed is not taken for one that found something', async () => {
  await createJob('misspelt', containerd, { args: ['diagnoze'] });
  expect(await jobEnd('misspelt')).toMatchObject({ exitCode: 2 });
  await expect.poll(() => endOf('misspelt'), jobsEnd).toMatch(/^BackoffLimitExceeded /);
});

test('its container is not root, cannot become it, and can write only at home; doctor and bundle run in it', async () => {
  const script =
    'id -u; echo "on $NODEMEND_NODE_NAME"; touch /probe; touch home-is-writable && ls; grep -E "^(NoNewPrivs|CapBnd|Seccomp):" ' +
    '/proc/self/status; nodemend doctor; echo "doctor $?"; nodemend bundle --out bundle.json >/dev/null; cat ' +
    'bundle.json; exit 0';
  await createJob('inside', containerd, { command: ['/bin/sh', '-c', script], args: [] });
  const { exitCode, log } = await jobEnd('inside');
  expect(exitCode).toBe(0);
  const [before = '', json = ''] = log.split(/^(?=\{"schema")/m);
  expect(before).toMatch(/^65532$/m);
  // What keeps it from restarting the node under itself.
  expect(before).toMatch(new RegExp(`^on ${containerd}$`, 'm'));
  expect(before).toMatch(/\/probe: Read-only file system/);
  expect(before).toMatch(/^home-is-writable$/m);
  expect(before).toMatch(/^CapBnd:\s+0+$/m);
  expect(before).toMatch(/^NoNewPrivs:\s+1$/m);
  expect(before).toMatch(/^Seccomp:\s+2$/m);
  expect(inOneLine(before)).toContain('user system:serviceaccount:nodemend:nodemend-read');
  expect(before).toMatch(/^ok +nodemend-read: nothing is missing$/m);
  // Who only reads lacks the right to change: a warning.
  expect(before).toMatch(/^doctor 4$/m);
  const bundle = join(scratch, 'bundle.json');
  writeFileSync(bundle, json);
  const evidence: Evidence = await readBundle(bundle);
  expect(evidence.cluster).toMatchObject({ state: 'seen', value: { context: 'in-cluster', uid: { state: 'seen' } } });
  expect(evidence.nodes.map(({ name, api }) => `${name} ${api.state}`)).toEqual([
    `${containerd} seen`,
    `${docker} seen`,
    `${otherDocker} seen`,
  ]);
});

test('with a key and the configuration that is offered it goes onto the nodes: a Docker node without a rule is found', async () => {
  const { folder } = await testbed.status();
  await kubectl(
    '-n',
    'nodemend',
    'create',
    'secret',
    'generic',
    'nodemend-ssh',
    `--from-file=identity=${folder.identity}`,
    `--from-file=known_hosts=${folder.knownHosts}`,
  );
  const shipped = parse(readFileSync(join(deployFolder, 'base/configuration.yaml'), 'utf8')) as {
    readonly data: Readonly<Record<string, string>>;
  };
  // On NKS the login name is known by the nodes' image; here it is not.
  const offered = (shipped.data['nodemend.yaml'] ?? '')
    .replaceAll(/^# /gm, '')
    .replace('ssh:\n', `ssh:\n  user: ${loginUser}\n`);
  await kubectl(
    '-n',
    'nodemend',
    'patch',
    'configmap',
    'nodemend',
    '--type=merge',
    '-p',
    JSON.stringify({ data: { 'nodemend.yaml': offered, problems: problemIds.join(',') } }),
  );
  // Its own log is a container's log on that node.
  await createJob('onto-nodes', docker);
  const { exitCode, node, log } = await jobEnd('onto-nodes');
  expect(node).toBe(docker);
  expect(log).toMatch(/^Cluster in-cluster \(https:\/\/10\.96\.0\.1\), 3 nodes, via ssh/m);
  expect(log).toMatch(/^FAIL {2}container-logs rule-missing, high, 2 nodes$/m);
  expect(log).toContain('3 nodes: 2 failing, 1 passing.');
  expect(exitCode).toBe(3);
  await expect.poll(() => endOf('onto-nodes'), jobsEnd).toMatch(/^PodFailurePolicy .* exit code 3 .* index 0$/);
  // Only now: a pod that starts while the ConfigMap is written may have the new `problems` and the old configuration,
  // because kubelet reads variables when a container starts and files some seconds before; it ends with 5.
  await patchCronJob({ schedule: '* * * * *' });
});

test('--via pod takes the same image when none is named', async () => {
  const { folder } = await testbed.status();
  await kubectl('apply', '-f', join(deployFolder, 'nodemend-pod.yaml'));
  const operator = operatorOf(undefined, { NODEMEND_CONFIG: folder.configuration });
  try {
    const { exitCode, stdout, stderr } = await operator.nodemend('diagnose', '--via', 'pod', '--lang', 'en');
    expect(stdout, stderr).toContain('3 nodes: 2 failing, 1 passing.');
    expect(exitCode).toBe(3);
  } finally {
    operator.leave();
  }
});

const found = { exitCode: 3, log: expect.stringContaining('3 nodes: 2 failing, 1 passing.') as unknown };

test('a Job made from the CronJob runs the same', async () => {
  await kubectl('-n', 'nodemend', 'create', 'job', '--from=cronjob/nodemend-diagnose', 'by-hand');
  expect(await jobEnd('by-hand')).toMatchObject(found);
});

describe('an image that is not on the node', () => {
  const absent = 'localhost/absent:1';

  /** Somebody on the node listens where a runtime looks for the registry `localhost`; who connects is written down. */
  async function listen(node: string): Promise<void> {
    const socket = '[Socket]\\nListenStream=80\\nListenStream=443\\nAccept=yes\\n';
    const service = '[Service]\\nExecStart=/bin/sh -c "echo asked >>/run/asked"\\n';
    const script = [
      ': >/run/asked',
      `printf '${socket}' >/run/systemd/system/asked.socket`,
      `printf '${service}' >/run/systemd/system/asked@.service`,
      'systemctl daemon-reload',
      'systemctl start asked.socket',
    ];
    await testbed.root(node, script.join('\n'));
  }

  const asked = (node: string): Promise<string> => testbed.root(node, 'cat /run/asked');
  const why = async (job: string): Promise<string> =>
    kubectl(
      '-n',
      'nodemend',
      'get',
      'pods',
      '-l',
      `job-name=${job}`,
      '-o',
      'jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}',
    );

  test.each([containerd, docker])('nobody on %s is asked for it, by no way', async (node) => {
    await listen(node);
    await createJob(`never-${node}`, node, { image: absent });
    await expect.poll(() => why(`never-${node}`), { timeout: 60_000, interval: 250 }).toBe('ErrImageNeverPull');
    const { folder } = await testbed.status();
    const operator = operatorOf(undefined, { NODEMEND_CONFIG: folder.configuration });
    try {
      const viaPod = ['bundle', '--via', 'pod', '--nodes', node, '--out', 'bundle.json', '--lang', 'en'];
      const { exitCode, stderr } = await operator.nodemend(...viaPod, '--pod-image', absent);
      expect(exitCode, stderr).toBe(5);
      expect(readFileSync(join(operator.folder, 'bundle.json'), 'utf8')).toContain('ErrImageNeverPull');
    } finally {
      operator.leave();
    }
    expect(await asked(node)).toBe('');
    // The same pod, as it was shipped once: the runtime asks whoever listens.
    await createJob(`pulled-${node}`, node, { image: absent, imagePullPolicy: 'IfNotPresent' });
    await expect.poll(() => asked(node), { timeout: 60_000, interval: 250 }).toMatch(/^asked$/m);
    await testbed.root(node, 'systemctl stop asked.socket');
    await kubectl('-n', 'nodemend', 'delete', 'job', `never-${node}`, `pulled-${node}`);
  });

  test('deploy/registry takes a name and a digest, and does not build without one', async () => {
    const copy = join(scratch, 'deploy');
    cpSync(deployFolder, copy, { recursive: true });
    const image = async (values: string | undefined): Promise<string | undefined> => {
      if (values !== undefined) writeFileSync(join(copy, 'registry/image.env'), values);
      const built = await kubectl('kustomize', join(copy, 'registry')).catch(
        (error: Error) => `error: ${error.message}`,
      );
      return /^ *image: (.*)$/m.exec(built)?.[1] ?? /error: [^]*/.exec(built)?.[0];
    };
    rmSync(join(copy, 'registry/image.env'), { force: true });
    expect(await image(undefined)).toMatch(/^error: [^]*image\.env/);
    expect(await image('name=registry.example.com/nodemend\n')).toMatch(/^error: [^]*digest/);
    const digest = `sha256:${'a'.repeat(64)}`;
    const whole = await image(`name=registry.example.com/nodemend\ndigest=${digest}\n`);
    expect(pinnedImage(whole ?? '')).toEqual({
      image: `registry.example.com/nodemend@${digest}`,
      pullPolicy: 'IfNotPresent',
    });
    // What is no digest makes a name that no runtime takes.
    for (const tag of ['', 'latest', 'sha256:abc']) {
      const wrong = await image(`name=registry.example.com/nodemend\ndigest=${tag}\n`);
      expect(() => pinnedImage(wrong ?? '')).toThrow(
        expect.objectContaining({ params: expect.objectContaining({ context: 'invalid' }) as unknown }),
      );
    }
  });
});

test('so does the CronJob by itself', async () => {
  const fired = async (): Promise<string> =>
    kubectl(
      '-n',
      'nodemend',
      'get',
      'jobs',
      '-o',
      'jsonpath={range .items[?(@.metadata.annotations.batch\\.kubernetes\\.io/cronjob-scheduled-timestamp)]}{.metadata.name}{"\\n"}{end}',
    );
  await expect.poll(fired, { timeout: 120_000, interval: 500 }).toMatch(/^nodemend-diagnose-\d+$/m);
  await patchCronJob({ suspend: true });
  const [job = ''] = (await fired()).split('\n');
  expect(await jobEnd(job)).toMatchObject(found);
});

describe('schedules', () => schedulesSuite(() => ({ testbed, program, scratch, jobEnd })));
