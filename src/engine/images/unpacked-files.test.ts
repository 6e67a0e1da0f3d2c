import { expect, test } from 'vitest';
import { countedIn, snapshotsOf } from './unpacked-files.ts';

const layers = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`);
// printf 'sha256:aaa… sha256:bbb…' | sha256sum
const second = 'sha256:ccd722928bd92476ba1745586fed6e45a102504185ad88cd89e01ff116fd146c';

function configuration(diffIds: unknown): Uint8Array {
  return Buffer.from(JSON.stringify({ os: 'linux', rootfs: { type: 'layers', diff_ids: diffIds } }));
}

test('snapshots are called by all the layers below them', () => {
  expect(snapshotsOf(configuration(layers))).toEqual([layers[0], second]);
  expect(snapshotsOf(configuration(layers.slice(0, 1)))).toEqual([layers[0]]);
});

test.each([configuration(['--help']), configuration('none'), Buffer.from('{'), Buffer.from('{}')])(
  'of what is no configuration nothing is asked',
  (bytes) => {
    expect(snapshotsOf(bytes)).toBeUndefined();
  },
);

/** As ctr of 1.6 and 2.4 writes it. */
const said = `KEY                                                                     SIZE  INODES
${layers[0]} 28672 7
${second} 4096  1
`;

test('the files of all layers are counted, and of one that was not counted nothing is known', () => {
  expect(countedIn(said, [layers[0] ?? '', second])).toBe(8);
  expect(countedIn(said, [layers[1] ?? ''])).toBeUndefined();
  expect(countedIn(said.replace('28672 7', '28672 many'), [layers[0] ?? ''])).toBeUndefined();
});
