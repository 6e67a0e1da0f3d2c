import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFreeRoom } from './free-room.ts';

const parse = (text: string, truncated = false): ReturnType<typeof parseFreeRoom> => parseFreeRoom({ text, truncated });
const disk = 'disk 4096 16384 983 900 3085510 3085457 c49694b00263a104 /var/log/pods\n';

test('a disk with room, and one without', () => {
  expect(parse(`now 1795724788\n${disk}roomy\n`)).toMatchObject({
    state: 'roomy',
    now: 1_795_724_788,
    logs: [],
    pods: undefined,
  });
  const log = 'log open 5832 81a0 0 0 1 105 6 1795724930 2984232 /var/log/pods/shop_x_1/app/0.log\n';
  expect(parse(`now 1795724788\n${disk}pods-known\npod 1\npod 2\nmore 7\n${log}`)).toMatchObject({
    state: 'looked',
    disks: [{ path: '/var/log/pods', size: 4096 * 16_384, free: 4096 * 983, available: 4096 * 900 }],
    pods: new Set(['1', '2']),
    more: 7,
    logs: [
      {
        path: '/var/log/pods/shop_x_1/app/0.log',
        isOpen: true,
        links: 1,
        device: '105',
        inode: '6',
        modified: 1_795_724_930,
        size: 2_984_232,
        allocated: 5832 * 512,
      },
    ],
  });
});

test('a node without container logs has nothing to be freed', () =>
  expect(parse('')).toMatchObject({ state: 'roomy' }));

test('what the probe does not print is malformed, and so is half of it', () => {
  expect(parse('log maybe 1 81a0 0 0 1 1 1 1 1 /x\n')).toBeUndefined();
  expect(parse('log open 1 81a0 0 0 1 1 1 1 1 x\n')).toBeUndefined();
  expect(parse('disk 4096 many\n')).toBeUndefined();
  expect(parse(`${disk}roomy\n`, true)).toBeUndefined();
});

test('whatever it is given, it never throws', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('roomy', 'pods-known', 'log open', disk.trim()))),
      (lines) => {
        const parsed = parse(lines.join('\n'));
        expect(parsed === undefined || parsed.logs.every(({ size }) => Number.isSafeInteger(size))).toBe(true);
      },
    ),
  );
});
