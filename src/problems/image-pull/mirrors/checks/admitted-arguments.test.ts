import { expect, test } from 'vitest';
import { findCheck } from '../../../../engine/find-check.ts';
import { daemonAccepts } from '../../../../runtimes/docker/daemon-accepts.ts';
import { imagePull } from '../../problem.ts';

test.each<readonly [string, readonly string[]]>([
  ['image-pull/mirror-answers', ['file:///etc/shadow', '']],
  ['image-pull/mirror-answers', ['gopher://10.0.0.1:6379/_x', '']],
  ['image-pull/mirror-answers', ['http://169.254.169.254/latest/meta-data/', '']],
  ['image-pull/mirror-answers', ['https://mirror.example/v2/', '/etc/shadow']],
  ['image-pull/docker-has-mirrors', ['https://a b']],
  ['image-pull/containerd-follows', ['/etc/containerd/certs.d\nx']],
  ['image-pull/daemon-accepts-mirrors', ['--host=tcp://0.0.0.0']],
])('%s is not run with %j', (check, args) => {
  expect(() => findCheck([imagePull], { check, args })).toThrow(
    expect.objectContaining({ code: 'CHECK_ARGUMENTS_REFUSED' }),
  );
});

test('what dockerd says of a file is asked as everywhere', () => {
  expect(imagePull.checks['daemon-accepts-mirrors']).toBe(daemonAccepts);
});
