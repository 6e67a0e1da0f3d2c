import type { ImagePinAction } from '../image-pin-action.ts';

const digest = `sha256:${'4069c0708b13f73e'.repeat(4)}`;
const image = 'registry.k8s.io/pause:3.6';

/** An action that pins the tag of an image, as a plan has it. */
export function somePin(change: Partial<ImagePinAction> = {}): ImagePinAction {
  return {
    kind: 'image-pin',
    id: `image-pin:worker-1:${image}`,
    problem: 'image-pull',
    node: 'worker-1',
    cures: ['0123456789ab'],
    why: { key: 'plan.pin', params: {} },
    operation: 'pin',
    image,
    socket: '/run/containerd/containerd.sock',
    records: [{ name: image, digest, pinned: '', run: '' }],
    ...change,
  };
}
