import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { onLesserMachine, type LesserMachine } from './testing/lesser-machine.ts';

const { CI: _ci, ...environment } = process.env;

/** `npm run check` of two suites that need much, one that needs little, on such a machine: nothing that fails is run. */
function check(
  machine: LesserMachine,
  ...args: readonly string[]
): { readonly lines: readonly string[]; readonly status: number } {
  const run = onLesserMachine(machine, ['sh', 'scripts/with-node.sh', 'scripts/check.ts', ...args], environment);
  return { lines: run.stdout.trimEnd().split('\n'), status: run.status ?? -1 };
}

describe('npm run check on a lesser machine', () => {
  it('tells root of a default container what its kernel refuses', () => {
    const { lines, status } = check('container', 'root', 'testbed');

    expect(lines).toContainEqual(
      expect.stringMatching(
        /^root: needs CAP_SYS_ADMIN and CAP_NET_ADMIN; namespaces \(unshare: .*Operation not permitted\); mounts \(.*; network namespaces \(/,
      ),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^testbed: needs CAP_SYS_ADMIN/));
    // What was named and cannot be run is a failure.
    expect(lines.at(-1)).toBe('0 passed, 2 failed');
    expect(status).toBe(1);
  });

  it('tells another user of root alone', () => {
    const { lines, status } = check('user', 'root');

    expect(lines).toContain('root: needs root (this is uid 65534)');
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
    expect(status).toBe(1);
  });

  it('goes by programs where there is no apt', () => {
    const { lines } = check('no-apt', 'root');

    expect(lines).toContain('root: needs root (this is uid 65534); programs of the Debian packages logrotate');
  });
});

it('a suite that is not there is a failure', () => {
  const { stdout } = spawnSync('sh', ['scripts/with-node.sh', 'scripts/check.ts', 'no such suite'], {
    encoding: 'utf8',
    env: environment,
  });

  expect(stdout).toBe('\n0 passed, 1 failed\n');
});
