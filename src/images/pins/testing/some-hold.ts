import type { ImageHold } from '../image-hold.ts';

/** What a node of Debian holds. */
export function someHold(change: Partial<ImageHold> = {}): ImageHold {
  return {
    images: ['registry.k8s.io/pause:3.6'],
    nodes: ['worker-1'],
    program: {
      program: '/usr/bin/sleep',
      loader: '/lib64/ld-linux-x86-64.so.2',
      libraries: [{ name: 'libc.so.6', path: '/lib/x86_64-linux-gnu/libc.so.6' }],
    },
    ...change,
  };
}
