import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kubeletHasLimits } from './kubelet-has-limits.ts';
import { wantedLimits } from './wanted-limits.ts';

describe('the limits that fit', () => {
  const gibibyte = 2 ** 30;
  const disk = (size: number): Parameters<typeof wantedLimits>[0] => ({
    path: '/var/log/pods',
    size,
    free: size,
    available: size,
    inodes: 1,
    freeInodes: 1,
    id: undefined,
  });

  test.each([
    [100 * gibibyte, 110, { maxBytes: 10 * 2 ** 20, maxFiles: 5 }],
    [20 * gibibyte, 110, { maxBytes: 7 * 2 ** 20, maxFiles: 5 }],
    [1 * gibibyte, 110, undefined],
    [3 * gibibyte, 110, { maxBytes: 1 * 2 ** 20, maxFiles: 5 }],
    [2 * gibibyte, 110, { maxBytes: 1 * 2 ** 20, maxFiles: 3 }],
  ])('on %d bytes with %d containers', (size, containers, limits) =>
    expect(wantedLimits(disk(size), containers)).toEqual(limits),
  );

  test('never take more than a fifth of the disk', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 1, max: 1000 }), (size, containers) => {
        const { maxBytes = 0, maxFiles = 0 } = wantedLimits(disk(size), containers) ?? {};
        expect(maxBytes * maxFiles * containers).toBeLessThanOrEqual(size / 5);
      }),
    );
  });
});

describe('the check behind the restart', () => {
  const verdict = (stdout: string): boolean => kubeletHasLimits.judge({ exitCode: 0, stderr: '', stdout }).ok;
  const file = 'want file 2Mi 3\nrunning 4\nchanged 5\nkey containerLogMaxSize 2Mi\nkey containerLogMaxFiles 3\n';

  test.each([
    ['the file as wanted, read since', file, true],
    ['a kubelet that was started before', file.replace('running 4', 'running 9'), false],
    ['another value', file.replace('Size 2Mi', 'Size 9Mi'), false],
    ['a value that is gone', file.replace('key containerLogMaxFiles 3\n', ''), false],
    ['a flag that overrides the file', `${file}flag container-log-max-size=9Mi\n`, false],
    ['no kubelet', 'want file 2Mi 3\n', false],
    [
      'flags as wanted, the last ones',
      'want flags 2Mi 3\nflag container-log-max-size=9Mi\nflag container-log-max-size=2Mi\n' +
        'flag container-log-max-files=3\nrunning 1\nchanged 2\n',
      true,
    ],
    ['flags that did not arrive', 'want flags 2Mi 3\nrunning 1\nchanged 2\n', false],
  ])('%s', (_, stdout, ok) => expect(verdict(stdout)).toBe(ok));
});
