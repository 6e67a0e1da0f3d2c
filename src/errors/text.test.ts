import { expect, test } from 'vitest';
import { errorText } from './text.ts';

test.each([
  ['en', 'needs up to 46 MiB in /var/lib/containerd (41 MiB to transfer'],
  ['ko', '/var/lib/containerd 공간이 최대 46 MiB 필요합니다(전송 41 MiB'],
] as const)('a number of bytes is told in units, which an error keeps as it is (%s)', (language, words) => {
  const params = {
    node: 'worker-1',
    image: 'registry.k8s.io/pause:3.9',
    path: '/var/lib/containerd',
    neededBytes: 48_293_847,
    bytes: 43_000_000,
    freeBytes: 1_048_576,
    keepFreeBytes: 2_097_152,
  };

  const { cause } = errorText(language, 'IMAGE_NO_ROOM', params);
  expect(cause).toContain(words);
  expect(cause).not.toMatch(/\d{6}/);
});

test('a number of something else is told as it is', () => {
  const { cause } = errorText('en', 'USER_SCRIPT_TOO_LARGE', { size: 65_536, most: 65_535 });
  expect(cause).toContain('65536 bytes, but NKS allows at most 65535');
});
