import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pinnedImage } from './pinned-image.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const refused = (image: string): void =>
  expect(() => pinnedImage(image)).toThrow(expect.objectContaining({ code: 'IMAGE_NOT_PINNED', exitCode: 2 }));

test.each(['localhost/nodemend:0.1.0', 'localhost/a/b', `localhost/nodemend@${digest}`])(
  '%s is the node’s own, and never pulled',
  (image) => {
    expect(pinnedImage(image)).toEqual({ image, pullPolicy: 'Never' });
  },
);

test.each([
  `registry.example.com/tools/nodemend@${digest}`,
  `registry.example.com/tools/nodemend:0.1.0@${digest}`,
  `busybox@${digest}`,
  // Whoever listens on that port has to have the bytes.
  `localhost:5000/nodemend@${digest}`,
])('%s is pulled where the node has it not', (image) => {
  expect(pinnedImage(image)).toEqual({ image, pullPolicy: 'IfNotPresent' });
});

test.each([
  'busybox',
  'busybox:1.36',
  'nodemend',
  'registry.example.com/tools/nodemend:0.1.0',
  'localhost:5000/nodemend:0.1.0',
  'localhost:80/nodemend',
  '127.0.0.1/nodemend',
  'LOCALHOST/nodemend',
  'localhost.example.com/nodemend',
  'docker.io/localhost/nodemend',
  'localhost',
  'registry.example.com/tools/nodemend@sha256:abc',
  'registry.example.com/tools/nodemend@latest',
  ' localhost/nodemend',
  'localhost/NODEMEND',
  '',
])('%j is refused', refused);

test('no tag alone ever gets through', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const registry = fc.oneof(
    fc.tuple(word, word).map((parts) => parts.join('.')),
    fc.constant('localhost:80'),
  );
  const images = fc.tuple(registry, word, word).map(([at, name, tag]) => `${at}/${name}:${tag}`);
  fc.assert(
    fc.property(images, (image) => {
      refused(image);
    }),
    { numRuns: 200 },
  );
});
