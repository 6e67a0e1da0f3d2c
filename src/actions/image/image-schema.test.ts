import { expect, test } from 'vitest';
import { actionSchema, storedActionSchema } from '../action-kinds.ts';
import type { ImageAction } from './image-action.ts';
import { someImage } from './testing/some-image.ts';

const { digest } = someImage();
const other = `sha256:${'a'.repeat(64)}`;
const registry = {
  from: 'registry',
  reference: `mirror.example.com:5000/base/pause@${digest}`,
  hosts: 'https',
} as const;
const room = { path: '/var/lib/containerd', needed: 1200, keepFree: 5000 };
const docker = { runtime: 'docker', socket: '/var/run/docker.sock' } as const;

test.each<Partial<ImageAction>>([
  {},
  { was: digest },
  { image: `registry.k8s.io/pause@${digest}` },
  { configuration: other },
  { source: registry, bytes: 300, room },
  { source: { ...registry, hosts: 'runtime', login: { user: 'robot$pull' } }, bytes: 300, room },
  { source: { ...registry, parts: [{ digest: other, bytes: 300 }] }, bytes: 300, room },
  { source: { from: 'archive', of: { node: 'worker-2', runtime: 'containerd' } }, bytes: 300, room },
  {
    source: { from: 'archive', of: { node: 'worker-2', runtime: 'containerd', others: ['worker-3'] } },
    bytes: 300,
    room,
  },
  {
    source: { from: 'archive', of: { file: '/media/usb/base-images.tar', sha256: 'a'.repeat(64) } },
    bytes: 300,
    room,
  },
  docker,
  { ...docker, image: registry.reference, source: registry, bytes: 300, room },
])('%j is taken from a plan and from a record as it is', (change) => {
  const spec = someImage(change);
  expect(actionSchema.parse(spec)).toEqual(spec);
  expect(storedActionSchema.parse(spec)).toEqual(spec);
});

// It is an argument of ctr and docker, and stands in a filter: no option, no second filter, no shell's own.
test.each(['', '-q', '--all', 'a b', 'a,b', 'a"b', 'a==b', 'a|b', 'a\nb', '$(a)', 'a;b', 'a'.repeat(502)])(
  '%j is not a name',
  (name) => {
    expect(actionSchema.safeParse(someImage({ image: name })).success).toBe(false);
    expect(actionSchema.safeParse(someImage({ source: { from: 'node', name } })).success).toBe(false);
    const reference = `${name}@${digest}`;
    expect(actionSchema.safeParse(someImage({ source: { ...registry, reference }, bytes: 1, room })).success).toBe(
      false,
    );
  },
);

test.each<[string, object]>([
  ['a name that stands for another image', { was: other }],
  ['a name with another digest in it', { image: `registry.k8s.io/pause@${other}` }],
  ['an id as the name', { image: digest }],
  ['a source with another digest', { source: { ...registry, reference: `example.com/pause@${other}` } }],
  ['a source by its tag', { source: { ...registry, reference: 'example.com/pause:3.6' } }],
  ['a password', { source: { ...registry, login: { user: 'robot', password: 'x' } } }],
  ['a user with a password', { source: { ...registry, login: { user: 'robot:x' } } }],
  ['bytes that come from the node itself', { bytes: 1, room }],
  ['less room than is transferred', { source: registry, bytes: 1201, room }],
  ['the other runtime’s socket', { runtime: 'docker' }],
  ['another socket', { socket: '/tmp/evil.sock' }],
  ['a name with a digest that docker cannot make', { ...docker, image: `registry.k8s.io/pause@${digest}` }],
  ['a digest that is none', { digest: 'sha256:abc' }],
  ['a folder that is not plain', { room: { path: '/var/../etc', needed: 0, keepFree: 0 } }],
  ['what nodemend does not know', { force: true }],
])('%s is refused', (_, change) => {
  expect(actionSchema.safeParse({ ...someImage(), ...change }).success).toBe(false);
});
