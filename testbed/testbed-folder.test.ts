import { expect, test } from 'vitest';
import { chosenTestbed } from './testbed-folder.ts';

test('a name that would be no folder’s, and a path too long for a socket, are refused with the next step', () => {
  expect(chosenTestbed({ name: 'mine', stateDir: '/tmp/mine' }).folder.control).toBe('/tmp/mine/control.sock');
  expect(() => chosenTestbed({ name: '../mine' })).toThrow(
    /cannot be the name of a testbed\n {2}next: use 1 to 20 lower-case letters/,
  );
  expect(() => chosenTestbed({ stateDir: `/tmp/${'long/'.repeat(20)}` })).toThrow(
    /longer than a Unix socket's may be\n {2}next: .*XDG_STATE_HOME$/,
  );
});
