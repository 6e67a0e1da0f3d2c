import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { packScript } from './remote-command.ts';

const marker = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const request = {
  script: 'echo first >&2\nfor name in "$@"; do\n  echo "$name" >&2\ndone',
  args: ['a', 'b'],
  privilege: 'none',
  timeoutMs: 5000,
  maxOutputBytes: 100,
} as const;

/** A connection may be lost anywhere: then the node gets a beginning. */
describe.each(['dash', 'bash', 'busybox sh'])('a script that did not arrive whole, where sh is %s', (shell) => {
  it.each([
    ['alone', request],
    ['with input', { ...request, input: Buffer.from('some input\n') }],
  ])('is not begun (%s)', (_, asked) => {
    const { command, stdin } = packScript(marker, asked);
    const text = Buffer.from(stdin).toString();
    const run = (input: string): string => {
      const done = spawnSync('/bin/sh', ['-c', command.replaceAll('/bin/sh', shell)], { input, encoding: 'utf8' });
      // A mark of the start and the shell's own complaint are not the script.
      return done.stderr
        .split('\n')
        .filter((line) => ['first', 'a', 'b'].includes(line))
        .join(' ');
    };
    expect(run(text)).toBe('first a b');
    // As far as the line that closes the group, nothing may run.
    const whole = text.lastIndexOf('\n}');
    const step = Math.ceil(whole / 60);
    for (let end = 0; end <= whole; end += step) expect(run(text.slice(0, end))).toBe('');
    expect(run(text.slice(0, whole))).toBe('');
  });
});
