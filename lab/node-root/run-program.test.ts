import { expect, it } from 'vitest';
import { lastLine, lastLines } from './run-program.ts';

it('the reason is the last line, not the hint that mount of Debian 13 puts behind it', () => {
  const said =
    'mount: /proc: fsmount() failed: VFS: Mount too revealing.\n' +
    '       dmesg(1) may have more information after failed mount system call.\n';

  expect(lastLine(said)).toBe('mount: /proc: fsmount() failed: VFS: Mount too revealing.');
  expect(lastLines(said)).toBe('mount: /proc: fsmount() failed: VFS: Mount too revealing');
  expect(lastLine('')).toBeUndefined();
  expect(lastLines('a\n\nb\nc\nd.\n')).toBe('b / c / d');
});
