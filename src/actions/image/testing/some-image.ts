import type { ImageAction } from '../image-action.ts';

const digest = `sha256:${'4069c0708b13f73e'.repeat(4)}`;
const image = 'registry.k8s.io/pause:3.6';

/** An action that gives an image of the node one name more, as a plan has it. */
export function someImage(change: Partial<ImageAction> = {}): ImageAction {
  return {
    kind: 'image',
    id: `image:worker-1:${image}`,
    problem: 'image-pull',
    node: 'worker-1',
    cures: ['0123456789ab'],
    why: { key: 'plan.pin', params: {} },
    image,
    digest,
    platform: 'linux/amd64',
    bytes: 0,
    room: { path: '/var/lib', needed: 0, keepFree: 0 },
    runtime: 'containerd',
    socket: '/run/containerd/containerd.sock',
    was: '',
    source: { from: 'node', name: 'mirror.example.com/base/pause:3.6' },
    ...change,
  };
}
