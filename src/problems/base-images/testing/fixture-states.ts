import { sha256 } from '../../../hash/sha256.ts';
import type { Evidence } from '../../../evidence/evidence.ts';
import { acceptedEdit, holdsIn } from '../../../images/pins/edited-holds.ts';
import { daemonSet, fixture, nothingRuns, waitingFor, without } from './fixture.ts';

const proxy = daemonSet('registry.k8s.io/kube-proxy:v1.34.4');
const always = daemonSet('registry.k8s.io/kube-proxy:v1.34.4', { pullPolicy: 'Always' });
const withoutProxy = without(/ registry\.k8s\.io\/kube-proxy:/);
const withoutPause = without(/ registry\.k8s\.io\/pause:/);
const withoutPins = (text: string): string => text.replaceAll(/,?io\.cri.containerd\.pinned=pinned/g, '');
/** What ctr's deletion of the manifest's blob leaves. */
const halfPause = (text: string): string => {
  const digest = `sha256:${'0'.repeat(64)}`;
  return `${text.replace(/^record sha256:[0-9a-f]{64} (.*pause:3\.6)$/m, `record ${digest} $1`)}absent ${digest}\n`;
};
/** Its layers were dropped once they were unpacked, and no container runs from it. */
const droppedProxy = (text: string): string => {
  const [, digest = ''] = /^record (\S+) .*kube-proxy:v1\.34\.4$/m.exec(text) ?? [];
  return text.replace(new RegExp(`^(manifest ${digest} .*) 0 1$`, 'm'), '$1 1 1');
};
/** What containerd found unpacked: all but the proxy's. */
const allButProxy = (text: string): string => {
  const [, proxys] = /^record (\S+) .*kube-proxy:v1\.34\.4$/m.exec(text) ?? [];
  const digests = new Set([...text.matchAll(/^record (\S+)/gm)].map(([, digest]) => digest));
  return [...[...digests].map((digest) => `image ${digest === proxys ? 'no' : 'yes'} ${digest}\n`), 'ended 0\n'].join(
    '',
  );
};
const changed = (text: string): string => text.replace(/^(file 81a4 0 0 \d+) \d+/m, '$1 1796041731');
/** No file, and a folder that changed since containerd was started. */
const goneSince = (text: string): string => {
  const [, config = ''] = /^config (.+)$/m.exec(text) ?? [];
  const folder = `file 41ed 0 0 60 1796041731 ${config.slice(0, config.lastIndexOf('/'))}`;
  return `config ${config}\nrunning 271\nmissing ${config}\nnow 1796041733\n${folder}\n`;
};
/** Sandboxes that were started since the daemon was say what they were made from. */
const made =
  (name: string) =>
  (text: string): string =>
    `made ${name}\n${text}`;
/** The proxy's tag stands for what is `old` on the other node. */
const movedProxy = (text: string): string => {
  const [, old = ''] = /^record (\S+) .* docker\.io\/library\/old:1$/m.exec(text) ?? [];
  return text.replace(/^record \S+ (.* registry\.k8s\.io\/kube-proxy:v1\.34\.4)$/m, `record ${old} $1`);
};

/** Of `docker.io/library/old:1` on a node with containerd 1.6. */
const idOfOld = 'sha256:bad3f6ab933327ba8f501ceaefe35283f0a9ec95cea436eaf3575b5ea73082f2';
/** A run of nodemend's pinned it, and no pod wants it any more. */
const staleProxy = (text: string): string =>
  text.replaceAll(
    /^(record \S+ \S+ \S+)( registry\.k8s\.io\/kube-proxy:| sha256:ed2138b2)/gm,
    '$1,io.cri-containerd.pinned=pinned,nodemend.dev/run=20261101-0100-abcd$2',
  );
const heldProxy = {
  images: ['registry.k8s.io/kube-proxy:v1.34.4'],
  nodes: ['worker-1'],
  program: {
    program: '/usr/bin/sleep',
    loader: '/lib64/ld-linux-x86-64.so.2',
    libraries: [{ name: 'libc.so.6', path: '/lib/x86_64-linux-gnu/libc.so.6' }],
  },
};

/** Its pod runs still. */
function editedHold(edited: (text: string) => string): Evidence {
  return fixture({ images: withoutPins }, { uses: [proxy], holds: [heldProxy], edited });
}

/** With the annotation that the finding about it names. */
function acceptedHold(edited: (text: string) => string): Evidence {
  const holds = holdsIn(editedHold(edited));
  const accepts = holds.state === 'seen' ? holds.value.edited[0]?.accepts : undefined;
  return editedHold((text) =>
    edited(text).replace('"annotations":{', `"annotations":{"${acceptedEdit}":"${accepts}",`),
  );
}

/** kubelet's file, older than its process. */
export function configured(text: string, path = '/var/lib/kubelet/config.yaml'): readonly string[] {
  return [
    ...(path.endsWith('.yaml') ? [`option config=${path}`] : []),
    `file 81a4 0 0 ${text.length} 1795900000 ${path}`,
    `sum ${sha256(Buffer.from(text))} ${path}`,
    `text ${text.split('\n').length - 1} ${path}`,
    ...text.split('\n').slice(0, -1),
  ];
}

/** Every fixture by its name. */
export const states: Readonly<Record<string, Evidence>> = {
  'fail-sandbox-image-missing': fixture({ images: withoutPause }),
  'fail-sandbox-image-missing-half': fixture({ images: halfPause }),
  'fail-sandbox-image-missing-docker': fixture({ runtime: 'docker-20.10.24', images: withoutPause }),
  'fail-base-image-missing': fixture({ images: withoutProxy }, { uses: [proxy], waiting: [waitingFor(proxy)] }),
  'fail-base-image-missing-always': fixture(
    { images: withoutProxy },
    { uses: [always], waiting: [waitingFor(always)] },
  ),
  'fail-image-always-pulled': fixture({}, { uses: [always], waiting: [waitingFor(always)] }),
  'warn-base-image-absent': fixture({ images: withoutProxy }, { uses: [proxy] }),
  'warn-base-image-absent-dropped': fixture(
    { images: (text) => droppedProxy(withoutPins(text)), unpacked: allButProxy },
    { uses: [proxy] },
  ),
  'warn-base-image-absent-no-kubelet': fixture(
    { withoutApi: true, kubelet: 'no-kubelet' },
    { baseImages: ['example.test/tools:1', 'registry.k8s.io/pause:3.6'] },
  ),
  'warn-base-image-absent-configured': fixture({}, { baseImages: ['example.test/tools:1'] }),
  'warn-upgrade-image-absent': fixture({ runtime: 'containerd-2.4.2' }, { upgradeTo: '1.34.4' }),
  'warn-at-risk-now': fixture({ images: nothingRuns, used: 87 }),
  'warn-at-risk-now-pressure': fixture({ images: nothingRuns, underPressure: true }),
  'warn-at-risk-now-inodes': fixture({ images: nothingRuns, freeInodes: 249 }),
  'warn-at-risk-now-age': fixture({
    images: nothingRuns,
    kubelet: configured('imageMaximumGCAge: 12h\n'),
  }),
  'warn-at-risk-soon': fixture({ images: nothingRuns, used: 82 }),
  'warn-at-risk-soon-inodes': fixture({ images: nothingRuns, freeInodes: 499 }),
  'warn-tag-moved': fixture(
    [
      { images: withoutPins },
      { name: 'worker-0', images: withoutPins },
      { name: 'worker-2', images: (text) => movedProxy(withoutPins(text)) },
    ],
    {
      uses: [daemonSet('registry.k8s.io/kube-proxy:v1.34.4', { nodes: ['worker-0', 'worker-1', 'worker-2'] })],
    },
  ),
  'warn-tag-replaced': fixture(
    { images: withoutPins },
    { uses: [daemonSet('registry.k8s.io/kube-proxy:v1.34.4', { running: [{ imageID: idOfOld }] })] },
  ),
  'unknown-tag-unknown': fixture(
    { images: withoutPins },
    {
      uses: [
        daemonSet('registry.k8s.io/kube-proxy:v1.34.4', {
          running: [{ imageID: `registry.k8s.io/kube-proxy@sha256:${'0'.repeat(64)}` }],
        }),
      ],
    },
  ),
  'warn-pin-lost': fixture({ runtime: 'containerd-2.4.2', images: withoutPins }),
  'warn-pin-lost-mislabelled': fixture(
    { runtime: 'containerd-2.4.2' },
    { uses: [daemonSet('docker.io/library/old:1')] },
  ),
  'warn-hold-lost': fixture(
    { images: (text) => withoutPins(nothingRuns(text)) },
    { uses: [proxy], holds: [heldProxy] },
  ),
  'warn-hold-edited': editedHold((text) => text.replaceAll('"readOnly":true', '"readOnly":false')),
  'warn-hold-edited-unrecognizable': editedHold((text) =>
    text.replaceAll(/kube-proxy:v1\.34\.4/g, 'kube-proxy:v1.35.0'),
  ),
  'warn-hold-edited-deleted': editedHold((text) =>
    text.replace('"metadata":{', '"metadata":{"deletionTimestamp":"2026-11-30T12:00:00Z",'),
  ),
  'warn-hold-edited-owned': editedHold((text) =>
    text.replace('"metadata":{', '"metadata":{"ownerReferences":[{"kind":"ConfigMap","name":"addons"}],'),
  ),
  'pass-hold-accepted': acceptedHold((text) => text.replaceAll('"readOnly":true', '"readOnly":false')),
  'warn-pin-ignored': fixture(),
  'warn-pin-stale': fixture({ runtime: 'containerd-2.4.2', images: staleProxy }),
  'warn-pin-stale-held': fixture({ images: withoutPins }, { holds: [heldProxy] }),
  'pass-images-fine': fixture({ runtime: 'containerd-2.4.2' }),
  // Somebody has changed its mode, say: what it says is what the daemon was given.
  'pass-images-fine-changed': fixture({
    runtime: 'containerd-2.4.2',
    images: made('registry.k8s.io/pause:3.6'),
    configuration: changed,
  }),
  'pass-images-fine-docker': fixture({ runtime: 'docker-20.10.24' }, { uses: [proxy] }),
  'pass-images-fine-unprotected': fixture({ images: (text) => withoutPins(nothingRuns(text)) }),
  'pass-no-kubelet': fixture(
    { kubelet: 'no-kubelet', withoutApi: true },
    { baseImages: ['registry.k8s.io/pause:3.6'] },
  ),
  'unknown-needs-unknown': fixture({ kubelet: 'no-kubelet', withoutApi: true }),
  'unknown-sandbox-unknown': fixture({ images: withoutPins, configuration: changed }),
  'unknown-sandbox-unknown-gone': fixture({ images: withoutPins, configuration: goneSince }),
  'unknown-sandbox-unknown-told': fixture({
    runtime: 'containerd-2.4.2',
    images: made('mirror.test/box:1'),
    configuration: changed,
  }),
  'unknown-sandbox-unknown-disagree': fixture({
    runtime: 'containerd-2.4.2',
    images: made('mirror.test/box:1'),
  }),
  'unknown-sandbox-unknown-version': fixture({
    images: withoutPins,
    withoutApi: true,
    configuration: without(/^sandbox_image/),
  }),
  'unknown-risk-unknown': fixture({ images: (text) => withoutPins(nothingRuns(text)), kubelet: 'timed-out' }),
  'unknown-risk-unknown-room': fixture({ images: (text) => withoutPins(nothingRuns(text)), used: 'unknown' }),
  'unknown-node-unknown': fixture({ unseen: 'unreachable' }),
  'unknown-node-unknown-client': fixture({
    images: () => 'use 2 container docker.io/library/box:1\nunnamed 2\nno-client\n',
  }),
  'unknown-pods-unknown': fixture({ runtime: 'containerd-2.4.2' }, 'forbidden'),
  // In which of several snapshotters its layers are, if in any, containerd was not asked.
  // Somebody named it, and no runtime is known to run.
  'unknown-node-unknown-no-kubelet': fixture(
    { withoutApi: true, kubelet: 'no-kubelet', images: () => 'no-containerd\n' },
    { baseImages: ['example.test/tools:1'] },
  ),
  'unknown-node-unknown-snapshots': fixture(
    { images: (text) => droppedProxy(withoutPins(text)), unpacked: () => 'several\n' },
    { uses: [proxy] },
  ),
  'unknown-holds-unknown': fixture({ runtime: 'containerd-2.4.2' }, { holds: 'forbidden' }),
  'not-looked-at-node-not-looked-at': fixture({ unseen: 'not-looked-at' }),
  'not-looked-at-snapshots-not-looked-at': fixture(
    { images: (text) => droppedProxy(withoutPins(text)) },
    { uses: [proxy] },
  ),
  'not-looked-at-pods-not-looked-at': fixture(
    { runtime: 'containerd-2.4.2', withoutApi: true, images: (text) => text },
    'none',
  ),
};
