import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Evidence } from '../src/evidence/evidence.ts';
import { collectableImages } from '../src/images/collection.ts';
import { titleOf, type NodeImage } from '../src/images/node-images.ts';
import { operatorOf, type CommandResult, type Operator } from '../test/end-to-end/operator.ts';
import { waitUntil } from '../test/end-to-end/wait-until.ts';
import {
  agent,
  bundleOf,
  calico,
  idOf,
  imagesOf,
  nodes,
  pause,
  proxy,
  runtimes,
  viewOf,
  type AskedNodes,
  type Node,
} from './base-images/asked-nodes.ts';
import { brokenImagesSuite } from './base-images/broken-images.ts';
import { collectionsSuite } from './base-images/collections.ts';
import { inodesSuite } from './base-images/inodes.ts';
import { movedTagsSuite } from './base-images/moved-tags.ts';
import { newNodesScript, newNodesSuite, serveNewNodes } from './base-images/new-nodes.ts';
import { pinsSuite } from './base-images/pins.ts';
import { restoredSuite } from './base-images/restored.ts';
import { sandboxChangesSuite } from './base-images/sandbox-changes.ts';
import makeImage from './make-image.sh?raw';
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
const unused = [calico, 'docker.io/library/old:1', 'docker.io/library/old:2', 'docker.io/library/old:3'];

/** What nodemend is asked to pin; in the proxy's image there is nothing but its own program. */
const pinned = [proxy, pause];

const given = (): AskedNodes => ({ testbed, operator });
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
  before = await bundleOf(given(), 'before');
  await Promise.all(nodes.map((node) => fillDisk(status, node, '88%')));
  await Promise.all(
    nodes.map((node) =>
      waitUntil(async () => ((await namesOn(node)).includes('old:2') ? `old:2 on ${node}` : undefined)),
    ),
  );
  await Promise.all(nodes.map((node) => testbed.root(node, 'rm -f /var/lib/filler')));
  after = await bundleOf(given(), 'after');
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

function namesOn(node: Node): Promise<string> {
  return testbed.root(
    node,
    node === 'docker-1' ? "docker images --format '{{.Repository}}:{{.Tag}}'" : 'ctr -n k8s.io images ls -q',
  );
}

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

pinsSuite(() => ({ ...given(), pinned, pinning, run, before }));

brokenImagesSuite(() => ({ ...given(), before }));

sandboxChangesSuite(given);

restoredSuite(given);

movedTagsSuite(given);

describe('collections every three seconds', () => {
  collectionsSuite(['containerd-1', 'containerd2-1'], given);
});

// Its kubelet has its own thresholds still.
describe('inodes of the disk', () => {
  inodesSuite('containerd2-1', given);
});
