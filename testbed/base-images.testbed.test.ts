import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Evidence } from '../src/evidence/evidence.ts';
import { collectableImages } from '../src/images/collection.ts';
import { neededByNode } from '../src/images/needed-images.ts';
import { titleOf, type NodeImage, type NodeImages } from '../src/images/node-images.ts';
import { sandboxSetting } from '../src/runtimes/containerd/sandbox-setting.ts';
import { reportedRuntime } from '../src/runtimes/reported-runtime.ts';
import daemonSet from '../src/images/pins/daemon-set-fields.json' with { type: 'json' };
import { holdsIn } from '../src/images/pins/edited-holds.ts';
import { nodeView } from '../src/images/node-view.ts';
import { operatorOf, type CommandResult, type Operator } from '../test/end-to-end/operator.ts';
import { waitUntil } from '../test/end-to-end/wait-until.ts';
import makeImage from './make-image.sh?raw';
import { collectionsSuite } from './base-images/collections.ts';
import { forgedHoldsSuite } from './base-images/forged-holds.ts';
import { inodesSuite } from './base-images/inodes.ts';
import { newNodesScript, newNodesSuite, serveNewNodes } from './base-images/new-nodes.ts';
import { fillDisk } from './on-node.ts';
import { agentDaemonSet } from './testing/agent-daemon-set.ts';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';

/**
 * One drive of three real kubelets over where they make room, and what was said before of what they would take. That of
 * containerd 1.6 knows no pins, that of containerd 2 does, that of docker keeps the sandbox image of its own flag: two images
 * are pinned before by nodemend, in the way that it finds on each.
 */
let testbed: TestTestbed;
let operator: Operator;
const runtimes = { 'containerd-1': 'containerd', 'containerd2-1': 'containerd2', 'docker-1': 'docker' } as const;
type Node = keyof typeof runtimes;
const nodes = Object.keys(runtimes) as readonly Node[];
const pause = 'registry.k8s.io/pause:3.6';
const agent = 'docker.io/library/agent:1';
const proxy = 'registry.k8s.io/kube-proxy:v1.34.4';
const calico = 'docker.io/calico/node:v3.28.2';
const unused = [calico, 'docker.io/library/old:1', 'docker.io/library/old:2', 'docker.io/library/old:3'];

/** What nodemend is asked to pin; in the proxy's image there is nothing but its own program. */
const pinned = [proxy, pause];

let pinning: CommandResult;
let run = '';
let before: Evidence;
let after: Evidence;

beforeAll(async () => {
  testbed = await startTestTestbed(
    { containerd: 1, containerd2: 1, docker: 1 },
    { name: 'base-images', diskBytes: 1024 ** 3, userScript: { content: await newNodesScript() } },
  );
  const status = await testbed.status();
  operator = operatorOf(undefined, { NODEMEND_CONFIG: status.folder.configuration });
  await Promise.all([serveNewNodes(testbed, nodes), ...nodes.map((node) => prepare(node))]);
  await testbed.kubectl('apply', '-f', writeDaemonSet());
  await testbed.kubectl('-n', 'kube-system', 'rollout', 'status', 'daemonset/agent', '--timeout=90s');
  for (const namespace of ['nodemend', 'nodemend-runs']) await testbed.kubectl('create', 'namespace', namespace);
  pinning = await operator.nodemend('images', 'pin', ...pinned, '--yes');
  run = operator.runs().at(-1) ?? '';
  before = await bundle('before');
  await Promise.all(nodes.map((node) => fillDisk(status, node, '88%')));
  await Promise.all(
    nodes.map((node) =>
      waitUntil(async () => ((await namesOn(node)).includes('old:2') ? `old:2 on ${node}` : undefined)),
    ),
  );
  await Promise.all(nodes.map((node) => testbed.root(node, 'rm -f /var/lib/filler')));
  after = await bundle('after');
});
afterAll(async () => {
  operator?.leave();
  await testbed?.down();
});

/** Images of this node's own; a kubelet that waits neither for an image to be old enough nor to be out of pressure for long. */
async function prepare(node: Node): Promise<void> {
  const arguments_ = (size: number | 'program', names: readonly string[]): string =>
    `set -- ${runtimes[node]} ${size} ${names.join(' ')}`;
  const make = (size: number | 'program', names: readonly string[]): Promise<string> =>
    testbed.root(node, `${arguments_(size, names)}\n${makeImage}`);
  await make(0, [agent]);
  await make('program', [proxy]);
  await make(12_000, unused);
  const pin = node === 'docker-1' ? '' : `ctr -n k8s.io images label ${calico} io.cri-containerd.pinned=pinned`;
  await testbed.root(
    node,
    `${pin}
     printf 'imageMinimumGCAge: 5s\\nevictionPressureTransitionPeriod: 5s\\n' >>/var/lib/kubelet/config.yaml
     sleep 2; systemctl restart kubelet`,
  );
}

function writeDaemonSet(): string {
  const file = join(operator.folder, 'agent.yaml');
  writeFileSync(file, agentDaemonSet(agent));
  return file;
}

async function bundle(name: string): Promise<Evidence> {
  const file = join(operator.folder, `${name}.json`);
  const { exitCode, stdout, stderr } = await operator.nodemend('bundle', '--only', 'base-images', '--out', file);
  expect(exitCode, stdout + stderr).toBe(0);
  return JSON.parse(readFileSync(file, 'utf8')) as Evidence;
}

function namesOn(node: Node): Promise<string> {
  return testbed.root(
    node,
    node === 'docker-1' ? "docker images --format '{{.Repository}}:{{.Tag}}'" : 'ctr -n k8s.io images ls -q',
  );
}

function viewOf(evidence: Evidence, node: string): ReturnType<typeof nodeView> {
  const found = evidence.nodes.find(({ name }) => name === node);
  if (found === undefined) throw new Error(`${node} is not in the bundle`);
  return nodeView(found, evidence, neededByNode(evidence));
}

function imagesOf(evidence: Evidence, node: string): NodeImages {
  const { store } = viewOf(evidence, node);
  if (store.state !== 'seen') throw new Error(`${node}: ${JSON.stringify(store)}`);
  return store.value;
}

const idOf = ({ id }: NodeImage): string => id ?? '';

describe.each(nodes)('%s', (node) => {
  const takeable = (): readonly string[] =>
    collectableImages(imagesOf(before, node), viewOf(before, node).keeping).map(idOf);
  const taken = (): readonly NodeImage[] => {
    const left = new Set(imagesOf(after, node).images.map(idOf));
    return imagesOf(before, node).images.filter((image) => !left.has(idOf(image)));
  };

  test('kubelet took images, and each was in the set of those that it may take', () => {
    expect(taken().map(titleOf)).toEqual(expect.arrayContaining(['docker.io/library/old:1']));
    expect(
      taken()
        .filter((image) => !takeable().includes(idOf(image)))
        .map(titleOf),
    ).toEqual([]);
  });

  test('nothing that was called safe is gone', () => {
    const safe = imagesOf(before, node).images.filter((image) => !takeable().includes(idOf(image)));
    const left = new Set(imagesOf(after, node).images.map(idOf));

    expect(safe.flatMap(({ names }) => names.map(({ name }) => name))).toEqual(
      expect.arrayContaining([agent, ...pinned]),
    );
    expect(safe.filter((image) => !left.has(idOf(image))).map(titleOf)).toEqual([]);
  });

  test('a pin is worth what was said', () => {
    const names = taken().flatMap((image) => image.names.map(({ name }) => name));

    expect(names.includes(calico)).toBe(node !== 'containerd2-1');
    // That of nodemend, on each runtime.
    expect(names.filter((name) => pinned.includes(name))).toEqual([]);
  });
});

newNodesSuite(nodes, () => testbed);

describe('pins by nodemend', () => {
  const holds = (): Promise<string> =>
    testbed.kubectl(
      '-n',
      'kube-system',
      'get',
      'ds,pods',
      '-l',
      'app.kubernetes.io/name=nodemend-image-hold',
      '-o',
      'name',
    );
  const labels = (): Promise<string> =>
    testbed.root('containerd2-1', 'ctr -n k8s.io images ls | grep -F -e nodemend.dev || true');

  test('the label where it is honoured, a pod that runs from the image where it is not', async () => {
    expect(pinning, pinning.stdout + pinning.stderr).toMatchObject({ exitCode: 0 });
    expect((await holds()).split('\n').filter((name) => name !== '')).toEqual([
      expect.stringMatching(/^daemonset.apps\/nodemend-image-hold-/),
      expect.stringMatching(/^pod\/nodemend-image-hold-/),
      expect.stringMatching(/^pod\/nodemend-image-hold-/),
    ]);
    expect(await labels()).toContain(proxy);
    const records = imagesOf(before, 'containerd2-1').images.find((image) => titleOf(image) === proxy);
    expect(records?.pins.map(({ name }) => name).toSorted()).toEqual(records?.names.map(({ name }) => name));
  });

  test.concurrent.each(nodes)('what is held on %s is its own program and nothing else', async (node) => {
    const pod = `own-${node}`;
    // Perhaps it is under pressure still.
    const spec = { nodeName: node, terminationGracePeriodSeconds: 0, priorityClassName: 'system-node-critical' };
    const overrides = JSON.stringify({ spec });
    const run = ['-n', 'kube-system', 'run', pod, `--image=${proxy}`, '--image-pull-policy=Never', '--restart=Never'];
    await testbed.kubectl(...run, `--overrides=${overrides}`);
    const phase = (): Promise<string> =>
      testbed.kubectl('-n', 'kube-system', 'get', 'pod', pod, '-o', 'jsonpath={.status.phase}');
    await expect.poll(phase, { timeout: 60_000, interval: 300 }).toBe('Succeeded');
    expect(await testbed.kubectl('-n', 'kube-system', 'logs', pod)).toBe('it runs\n');
    await testbed.kubectl('-n', 'kube-system', 'delete', 'pod', pod, '--wait=false');
    if (node === 'docker-1') return;
    const mount = `ctr -n k8s.io images mount ${proxy} /mnt >/dev/null`;
    const files = `${mount} && find /mnt ! -type d && ctr -n k8s.io images unmount --rm /mnt >/dev/null`;
    expect(await testbed.root(node, files)).toBe('/mnt/echo\n');
  });

  test('a second pin has nothing to do, and all of it is as the run left it', async () => {
    expect(await operator.nodemend('images', 'pin', ...pinned, '--yes')).toMatchObject({ exitCode: 0 });
    expect(operator.runs().at(-1)).toBe(run);
    expect(await operator.nodemend('verify', run)).toMatchObject({ exitCode: 0 });
  });

  test('a DaemonSet that somebody edits is told and held beside, and a healthy one is silent', async () => {
    const holdOf = async (): Promise<string> => (await holds()).split('\n')[0] ?? '';
    const edited = await holdOf();
    const patch = (change: string): Promise<string> =>
      testbed.kubectl('-n', 'kube-system', 'patch', edited, '--type=json', `--patch=[${change}]`);
    await testbed.kubectl('-n', 'kube-system', 'rollout', 'restart', edited);
    await testbed.kubectl('-n', 'kube-system', 'label', edited, 'argocd.argoproj.io/instance=addons');
    const restarted = await bundle('restarted');
    const path = '/spec/template/spec/nodeSelector';
    await patch(`{"op":"add","path":"${path}","value":{"nobody":"has-it"}}`);
    const diagnosed = await operator.nodemend('diagnose', '--only', 'base-images', '-o', 'json');
    const again = await operator.nodemend('images', 'pin', '--yes');
    const [copy] = operator.runs().slice(-1);
    const both = (await holds()).split('\n').filter((name) => name.startsWith('daemonset'));
    const undone = await operator.nodemend('undo', copy ?? '', '--yes');
    const left = (await holds()).split('\n').filter((name) => name.startsWith('daemonset'));
    interface Judged {
      readonly rule: string;
      readonly facts: { readonly accept?: string };
    }
    const judged = ({ stdout }: { readonly stdout: string }): readonly Judged[] =>
      (JSON.parse(stdout) as { readonly findings: readonly Judged[] }).findings.filter(({ rule }) =>
        rule.startsWith('hold-'),
      );
    const accept = judged(diagnosed)[0]?.facts.accept ?? '';
    await testbed.kubectl('-n', 'kube-system', 'annotate', edited, accept);
    const accepted = await operator.nodemend('diagnose', '--only', 'base-images', '-o', 'json');
    await patch(`{"op":"remove","path":"${path}"}`);

    // As a server of a later release fills in what today's API does not have.
    const later = join(operator.folder, 'later.json');
    writeFileSync(later, filledIn(restarted));
    const filled = await operator.nodemend('diagnose', '--bundle', later, '--only', 'base-images', '-o', 'json');
    const planned = await operator.nodemend('plan', 'base-images', '--bundle', later, '--remedy', 'pin-images');

    expect(judged(filled), filled.stderr).toEqual([]);
    expect(planned.stdout).not.toContain('nodemend-image-hold');
    expect(holdsIn(before)).toMatchObject({ state: 'seen', value: { found: [{}], edited: [] } });
    expect(holdsIn(restarted)).toMatchObject({ state: 'seen', value: { found: [{}], edited: [] } });
    expect(judged(diagnosed)).toMatchObject([
      { rule: 'hold-edited', status: 'warn', facts: { images: pinned, fields: ['spec.template.spec.nodeSelector'] } },
    ]);
    expect(again, again.stdout + again.stderr).toMatchObject({ exitCode: 0 });
    expect(copy).not.toBe(run);
    expect(both).toHaveLength(2);
    expect(undone, undone.stdout + undone.stderr).toMatchObject({ exitCode: 0 });
    expect(left).toEqual([edited]);
    expect(judged(accepted)).toMatchObject([{ rule: 'hold-accepted', status: 'pass' }]);
  });

  forgedHoldsSuite(
    () => ({ testbed, operator, run }),
    async () => (await holds()).split('\n').filter((name) => name.startsWith('daemonset')),
  );

  test('undone, nothing of them is left', async () => {
    await waitUntil(async () => ((await holds()) === '' ? undefined : 'pods that hold images'));
    expect(await labels()).toBe('');
  });
});

/** Evidence, as the API of a later release would have it: with fields in a DaemonSet's spec that nobody has set. */
function filledIn(evidence: Evidence): string {
  const [hold = ''] = imageHoldsOf(evidence);
  const later = hold
    .replace('"dnsPolicy":', '"cgroupPolicy":"Shared","dnsPolicy":')
    .replaceAll('"imagePullPolicy":', '"swapPolicy":{"mode":"None"},"imagePullPolicy":')
    .replaceAll('"hostPath":{', '"hostPath":{"symlinkPolicy":"Follow",');
  expect(later.length).toBeGreaterThan(hold.length + 100);
  return JSON.stringify(evidence).replace(JSON.stringify(hold).slice(1, -1), () => JSON.stringify(later).slice(1, -1));
}

function imageHoldsOf({ cluster }: Evidence): readonly string[] {
  const holds = cluster.state === 'seen' ? cluster.value.imageHolds : undefined;
  return holds?.state === 'seen' ? holds.value : [];
}

test('every field of a DaemonSet that this server knows is one that nodemend takes for somebody’s', async () => {
  type Schema = Readonly<Record<string, unknown>>;
  const text = await testbed.kubectl('get', '--raw', '/openapi/v3/apis/apps/v1');
  const { components } = JSON.parse(text) as {
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  const names = new Set<string>();
  const left = ['io.k8s.api.apps.v1.DaemonSetSpec'];
  for (const seen = new Set<string>(); left.length > 0;) {
    const name = left.pop() ?? '';
    if (seen.has(name)) continue;
    seen.add(name);
    const { properties = {} } = components.schemas[name] as { readonly properties?: Schema };
    for (const field of Object.keys(properties)) names.add(field);
    for (const [, further = ''] of JSON.stringify(properties).matchAll(/"#\/components\/schemas\/([^"]+)"/gu))
      left.push(further);
  }

  expect(names.size).toBeGreaterThan(200);
  expect([...names].filter((name) => !daemonSet.fields.includes(name))).toEqual([]);
});

describe('what is said of images', () => {
  const both = ['containerd-1', 'containerd2-1'] as const;
  const [whole, layer, gone, config] = ['a.test/whole:1', 'a.test/layer:1', 'a.test/gone:1', 'a.test/config:1'];
  let looked: Evidence;
  beforeAll(async () => {
    await Promise.all(both.map(damage));
    looked = await bundle('broken');
  });

  /** By ctr: a layer; a layer and what was unpacked of it; a configuration. */
  async function damage(node: Node): Promise<void> {
    await testbed.root(node, `set -- ${runtimes[node]} 100 ${whole} ${layer} ${gone} ${config}\n${makeImage}`);
    const blobOf = (name: string, part: string): string =>
      `ctr -n k8s.io content get "$(ctr -n k8s.io images ls "name==${name}" | awk 'NR == 2 { print $3 }')" | ` +
      `sed 's/.*"${part}":[^]}]*"digest":"\\([^"]*\\)".*/\\1/'`;
    await testbed.root(
      node,
      `ctr -n k8s.io content rm "$(${blobOf(layer, 'layers')})" "$(${blobOf(config, 'config')})"
       only=$(${blobOf(gone, 'layers')})
       ctr -n k8s.io content rm "$only"
       ctr -n k8s.io snapshots rm "$only"`,
    );
  }

  test.each(both)('is what ctr’s own check says on %s', async (node) => {
    const ours = new Map(
      imagesOf(looked, node).images.flatMap(({ names }) => names.map(({ name, content }) => [name, content] as const)),
    );
    const said = await testbed.root(node, 'ctr -n k8s.io images check 2>/dev/null | tail -n +2');
    const theirs = said.split('\n').map((line) => line.trim().split(/ +/));

    expect([whole, layer, gone, config].map((name) => ours.get(name))).toEqual([
      'whole',
      'without-layers',
      'half',
      'half',
    ]);
    for (const [name = '', , , status = '', ...rest] of theirs.filter(([first]) => first !== '')) {
      expect(`${name} ${status === 'complete'}`).toBe(`${name} ${ours.get(name) === 'whole'}`);
      if (ours.get(name) === 'without-layers') expect(`${name} ${rest.at(-1)}`).toBe(`${name} true`);
    }
  });

  test.each(both)('its default sandbox image is the one that containerd says on %s', async (node) => {
    const { version = '' } = reportedRuntime(before.nodes.find(({ name }) => name === node)!) ?? {};
    const said = await testbed.root(node, 'containerd config default 2>/dev/null');
    const [, image] = /^ *sandbox(?:_image)? = ["'](.+)["']$/m.exec(said) ?? [];

    expect(sandboxSetting([], version)).toEqual({ state: 'known', image, file: undefined });
  });
});

test('an image that the configuration names is looked for on every node', async () => {
  const { folder } = await testbed.status();
  const own = join(operator.folder, 'nodemend.yaml');
  writeFileSync(own, `${readFileSync(folder.configuration, 'utf8')}\nneededImages: ['a.test/own:1']\n`);
  const { stdout } = await operator.nodemend('diagnose', '--only', 'base-images', '-o', 'json', '--config', own);

  expect(absentIn(stdout)).toEqual(nodes.map((node) => [node, ['a.test/own:1']]));
});

test.each([
  // No sandbox of 1.6 says what it was made from; at its start containerd did.
  ['containerd-1', 'start-log'],
  ['containerd2-1', 'running-sandboxes'],
] as const)(
  'what %s makes sandboxes from is known whatever was done to its configuration since, by %s',
  async (node, by) => {
    const file = '/etc/containerd/config.toml';
    const sandboxAfter = async (change: string): Promise<unknown> => {
      await testbed.root(node, change);
      return viewOf(await bundle('sandbox'), node).sandbox;
    };
    const known = { state: 'known', name: pause, from: file };
    const other = pause.replace('3.6', '3.5');

    expect(await sandboxAfter(`cp -p ${file} /root/config.toml; chmod 0640 ${file}`)).toEqual(known);
    expect(await sandboxAfter(`sed -i 's|${pause}|${other}|' ${file}`)).toEqual({
      state: 'unknown',
      why: 'pending',
      reason: 'inconclusive',
      candidates: [
        { name: pause, from: by, isInUse: true },
        { name: other, from: file, isInUse: false },
      ],
    });
    if (by === 'running-sandboxes') {
      // Nothing of it is left, and the daemon runs with it as before. Without it the next start takes another image.
      expect(await sandboxAfter(`rm ${file}`)).toEqual({
        state: 'unknown',
        why: 'pending',
        reason: 'inconclusive',
        gone: file,
        candidates: [
          { name: pause, from: by, isInUse: true },
          {
            name: expect.stringMatching(/^registry\.k8s\.io\/pause:3\.10/u) as unknown,
            from: 'default',
            isInUse: false,
          },
        ],
      });
    }
    expect(await sandboxAfter(`cp -p /root/config.toml ${file}`)).toEqual(known);
    if (by === 'running-sandboxes') return;
    // Nothing is left that tells.
    expect(await sandboxAfter('journalctl --rotate --quiet; journalctl --vacuum-size=1 --quiet')).toEqual({
      state: 'unknown',
      why: 'pending',
      reason: 'inconclusive',
    });
    // As the finding says.
    expect(await sandboxAfter('systemctl restart containerd')).toEqual(known);
  },
);

function absentIn(json: string): readonly unknown[] {
  const { findings } = JSON.parse(json) as {
    readonly findings: readonly {
      readonly rule: string;
      readonly subject: { readonly name?: string };
      readonly facts?: { readonly images?: readonly { readonly name: string }[] };
    }[];
  };
  return findings
    .filter(({ rule }) => rule === 'base-image-absent')
    .map(({ subject, facts }) => [subject.name, facts?.images?.map(({ name }) => name)]);
}

test('the sandbox image that is gone is said to be', async () => {
  await testbed.root('containerd-1', `ctr -n k8s.io images rm --sync ${pause}`);
  const { exitCode, stdout } = await operator.nodemend('diagnose', '--only', 'base-images', '-o', 'json');
  const { findings } = JSON.parse(stdout) as {
    readonly findings: readonly { readonly rule: string; readonly subject: { readonly name?: string } }[];
  };
  const rulesOf = (node: Node): readonly string[] =>
    findings.filter(({ subject }) => subject.name === node).map(({ rule }) => rule);

  expect(exitCode).toBe(3);
  expect(rulesOf('containerd-1')).toContain('sandbox-image-missing');
  expect(rulesOf('containerd2-1')).toEqual(['images-fine']);
  expect(rulesOf('docker-1')).toEqual(['images-fine']);
});

describe('restored by nodemend', () => {
  const pair = ['--nodes', 'containerd-1,containerd2-1'] as const;
  const restore = (...words: readonly string[]): Promise<CommandResult> =>
    operator.nodemend('images', 'restore', ...words, ...pair);
  const digestOf = async (node: Node, name: string): Promise<string> =>
    (await testbed.root(node, `ctr -n k8s.io images ls 'name==${name}' | awk 'NR == 2 { print $3 }'`)).trim();

  test('the sandbox image, from the node itself under another name: known by what the other node has', async () => {
    const dry = await restore(pause, '--dry-run');
    const done = await restore(pause, '--yes');

    expect(dry, dry.stdout + dry.stderr).toMatchObject({ exitCode: 0 });
    expect(done, done.stdout + done.stderr).toMatchObject({ exitCode: 0 });
    expect(await digestOf('containerd-1', pause)).toBe(await digestOf('containerd2-1', pause));
    // The real kubelet starts a real pod from it.
    // Those that are still there would be taken for it.
    await testbed.kubectl('-n', 'kube-system', 'delete', 'pods', '--all', '--timeout=90s');
    await testbed.kubectl('-n', 'kube-system', 'rollout', 'status', 'daemonset/agent', '--timeout=90s');
    // Pods that are just being started do not say yet what they run, and so long their node is not wholly known.
    await waitUntil(async () => {
      const { exitCode, stdout, stderr } = await restore(pause, '--yes');
      return exitCode === 0 ? undefined : `${exitCode}: ${stdout}${stderr}`;
    });
  });

  test('one that kubelet has taken, whole from the other node', async () => {
    const done = await restore(calico, '--yes');

    expect(done, done.stdout + done.stderr).toMatchObject({ exitCode: 0 });
    expect(await digestOf('containerd-1', calico)).toBe(await digestOf('containerd2-1', calico));
    expect(await testbed.root('containerd-1', `ctr -n k8s.io images check 'name==${calico}'`)).toContain('complete');
  });

  test('what nobody has: the registry, asked by the node that would pull it, and its answer', async () => {
    const { exitCode, stdout } = await restore('registry.invalid/none:1', '--yes');

    expect(exitCode).toBe(6);
    const said = stdout.replaceAll(/\s+/gu, ' ');
    expect(said).toContain('no source of registry.invalid/none:1 can be used');
    expect(said).toContain('dial tcp: lookup registry.invalid on');
  });
});

test('a tag that names another image by now than what runs is told, on all nodes alike; until then, and put back, nothing is', async () => {
  const pulled = 'mirror.test/box:1';
  const moved = [agent, pulled] as const;
  const file = join(operator.folder, 'pulled.yaml');
  writeFileSync(file, agentDaemonSet(pulled).replaceAll('agent', 'pulled'));
  await testbed.kubectl('apply', '-f', file);
  await testbed.kubectl('-n', 'kube-system', 'rollout', 'status', 'daemonset/pulled', '--timeout=90s');
  const had = await bundle('untagged');
  const idOn = (node: Node, name: string): string =>
    imagesOf(had, node).images.find(({ names }) => names.some((one) => one.name === name))?.id ?? '';
  const tag = (to: (node: Node, name: string) => string): Promise<unknown> =>
    Promise.all(
      nodes.map((node) =>
        testbed.root(
          node,
          moved
            .map(
              (name) =>
                `${node === 'docker-1' ? 'docker tag' : 'ctr -n k8s.io images tag --force'} ${to(node, name)} ${name}`,
            )
            .join(' && '),
        ),
      ),
    );
  const listed = async (): Promise<unknown> => {
    const { stdout } = await operator.nodemend('images', 'list', '-o', 'json');
    const document = JSON.parse(stdout) as {
      readonly nodes: readonly {
        readonly name: string;
        readonly images: readonly { readonly name: string; readonly tagReplaced?: { readonly state: string } }[];
      }[];
    };
    return document.nodes.map(({ name, images }) => [
      name,
      images.flatMap((one) => (one.tagReplaced === undefined ? [] : [[one.name, one.tagReplaced.state]])),
    ]);
  };
  const told = async (): Promise<unknown> => {
    const { stdout } = await operator.nodemend('diagnose', '--only', 'base-images', '-o', 'json');
    const { findings } = JSON.parse(stdout) as {
      readonly findings: readonly {
        readonly rule: string;
        readonly subject: { readonly name?: string };
        readonly facts?: { readonly images?: readonly { readonly name: string; readonly running: string }[] };
      }[];
    };
    return findings
      .filter(({ rule }) => rule === 'tag-replaced' || rule === 'tag-unknown')
      .map(({ rule, subject, facts }) => [rule, subject.name, facts?.images]);
  };

  expect(await told()).toEqual([]);
  await tag(() => proxy);
  // What real kubelets say: of what was loaded its id, of what they pulled the digest that it was pulled by.
  const running = (id: RegExp, digest: RegExp): unknown => [
    { name: agent, running: expect.stringMatching(id) as unknown },
    { name: pulled, running: expect.stringMatching(digest) as unknown },
  ];
  const byContainerd = running(/^sha256:[0-9a-f]{64}$/u, /^mirror\.test\/box@sha256:[0-9a-f]{64}$/u);
  const byDocker = running(/^docker:\/\/sha256:/u, /^docker-pullable:\/\/mirror\.test\/box@sha256:/u);
  expect(await told()).toEqual(
    nodes.map((node) => ['tag-replaced', node, node === 'docker-1' ? byDocker : byContainerd]),
  );
  expect(await listed()).toEqual(nodes.map((node) => [node, moved.map((name) => [name, 'other'])]));
  await tag(idOn);
  expect(await told()).toEqual([]);
  await testbed.kubectl('-n', 'kube-system', 'delete', 'daemonset', 'pulled', '--wait=true');
});

describe('collections every three seconds', () => {
  collectionsSuite(['containerd-1', 'containerd2-1'], () => ({ testbed, operator }));
});

// Its kubelet has its own thresholds still.
describe('inodes of the disk', () => {
  inodesSuite('containerd2-1', () => ({ testbed, operator }));
});
