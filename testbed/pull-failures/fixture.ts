import { lastLines } from '../../lab/node-root/run-program.ts';
import { busyboxLayer } from '../fakes/busybox-layer.ts';
import { emptyLayer, makeImage, type StoredImage } from '../fakes/docker-hub/images.ts';
import { serveHubInTestbed, type TestbedHub } from '../fakes/docker-hub/testbed-hub.ts';
import { serveTroubledRegistries } from '../fakes/troubled-registries/serve-troubled.ts';
import { sandboxImage } from '../node/image-archive.ts';
import { fillDisk, onNode } from '../on-node.ts';
import { runKubectl } from '../run-kubectl.ts';
import type { PlannedNode } from '../testbed-plan.ts';
import type { TestbedStatus } from '../testbed-status.ts';
import prepareScript from './prepare-node.sh?raw';
import removeSandboxImageScript from './remove-sandbox-image.sh?raw';
import { pullSecret, secretsPod } from './scenario-pods.ts';

/** A testbed whose nodes reach registries in trouble, and what brings its nodes into trouble. */
export interface FailureFixture {
  readonly testbed: TestbedStatus;
  readonly hub: TestbedHub;
  readonly kubectl: (args: readonly string[], input?: string) => Promise<string>;
  readonly sandboxImage: (how: 'remove' | 'restore') => Promise<void>;
  /** Until less is left on each node's disk than the layer of `sound.test/large` needs. */
  readonly fillDisks: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Of each node: with the share that is filled, less is left than the large layer takes, and more than kubelet wants
 * free (15 %).
 */
export const failureDiskBytes = 1024 ** 3;
const filledShare = '80%';
const largeLayerBytes = 256 * 1024 ** 2;

const accounts = [
  { user: 'used-up', password: 'of a fake', limit: 0 },
  { user: 'paid', password: 'of a fake', limit: undefined },
] as const;

/** Tokens for `tokens/…`, and manifests of `abuse/…`. */
function abused({ pathname, searchParams }: URL): boolean {
  return searchParams.get('scope')?.startsWith('repository:tokens/') === true || pathname.startsWith('/v2/abuse/');
}

const hubKey = 'https://index.docker.io/v1/';
const secrets = [
  pullSecret('hub-account', hubKey, 'used-up:of a fake'),
  pullSecret('hub-paid', hubKey, 'paid:of a fake'),
  pullSecret('hub-wrong', hubKey, 'used-up:no longer it'),
  pullSecret('wrong', 'upstream.test', 'testbed:no longer it'),
];

export async function openFailureFixture(testbed: TestbedStatus): Promise<FailureFixture> {
  const nodes = testbed.plan.nodes.map(({ name }) => name);
  const hub = await serveHubInTestbed(testbed, nodes, {
    images: hubImages(await busyboxLayer()),
    anonymousLimit: 0,
    accounts,
    abused,
  });
  const large = makeImage({ repository: 'large', tag: '1', layer: await busyboxLayer(largeLayerBytes) });
  const troubled = await serveTroubledRegistries(testbed, nodes, large);
  const onEach = (script: string, args: (node: PlannedNode) => readonly string[]): Promise<void> =>
    onEachNode(testbed, script, args);
  await onEach(prepareScript, () => [troubled.address]);
  const kubectl = (args: readonly string[], input?: string): Promise<string> => kubectlOutput(testbed, args, input);
  await kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: secrets }));
  await awaitSecrets(kubectl, nodes);
  return {
    testbed,
    hub,
    kubectl,
    sandboxImage: (how) => onEach(removeSandboxImageScript, ({ runtime }) => [runtime, sandboxImage, how]),
    fillDisks: async () => void (await Promise.all(nodes.map((node) => fillDisk(testbed, node, filledShare)))),
    close: async () => {
      await Promise.all([hub.close(), troubled.close()]);
    },
  };
}

function hubImages(busybox: Buffer): readonly StoredImage[] {
  const image = (name: string, isPrivate = false): StoredImage => {
    const [repository = '', tag = ''] = name.split(':');
    return makeImage({ repository, tag, layer: emptyLayer, private: isPrivate });
  };
  const open = [
    'limited/web:1',
    'limited/api:2.0',
    'library/limited:1',
    'limited/db:3',
    'account/web:1',
    'account/api:2.0',
    'tokens/web:1',
    'tokens/api:2.0',
    'abuse/web:1',
    'abuse/api:2.0',
  ];
  const hidden = ['private/web:1', 'private/api:2', 'locked/web:1', 'locked/api:2'];
  const echo = makeImage({
    repository: 'library/echo',
    tag: '1',
    layer: busybox,
    command: ['/bin/busybox', 'echo', 'it runs'],
  });
  return [...open.map((name) => image(name)), ...hidden.map((name) => image(name, true)), echo];
}

async function onEachNode(
  testbed: TestbedStatus,
  script: string,
  args: (node: PlannedNode) => readonly string[],
): Promise<void> {
  await Promise.all(
    testbed.plan.nodes.map(async (node) => {
      const { exitCode, stderr } = await onNode(testbed, node.name, script, args(node));
      if (exitCode !== 0) throw new Error(`${node.name}: ${lastLines(stderr)}`);
    }),
  );
}

/**
 * A kubelet that has not seen a pull secret within a second pulls without it: pods that name them are there before
 * those that need them.
 */
async function awaitSecrets(kubectl: FailureFixture['kubectl'], nodes: readonly string[]): Promise<void> {
  const pods = nodes.map((node) => secretsPod(node, secrets));
  await kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }));
  await kubectl([
    'wait',
    'pods',
    '--all',
    '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=InvalidImageName',
    '--timeout=120s',
  ]);
}

async function kubectlOutput(testbed: TestbedStatus, args: readonly string[], input?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runKubectl(testbed, args, input);
  if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${lastLines(stderr)}`);
  return stdout;
}
