import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorText } from '../src/errors/text.ts';
import { daemonFromSources } from './daemon-command.ts';
import { runProgram } from './node-root/run-program.ts';

/** What the check says when it runs behind a program that takes something away. */
async function checkBehind(program: string, ...before: readonly string[]): Promise<string> {
  const { program: node, args } = daemonFromSources();
  const driver = [node, ...args.slice(0, -1), join(import.meta.dirname, 'testing', 'check-driver.ts')];
  const { stdout, stderr } = await runProgram(program, [...before, ...driver]);
  return stdout || stderr;
}

test('root on a Linux machine with the programs may', async () => {
  expect(await checkBehind('env')).toBe('fine');
});

describe('who may not is told why, and what works without', () => {
  test('another user', async () => {
    expect(JSON.parse(await checkBehind('setpriv', '--reuid', '65534', '--clear-groups'))).toEqual({
      code: 'LAB_NEEDS_ROOT',
      params: { uid: 65534 },
    });
  });

  test('root of a container without privileges', async () => {
    const { code, params } = JSON.parse(
      await checkBehind('setpriv', '--bounding-set', '-sys_admin', '--inh-caps=-all'),
    );
    expect(code).toBe('LAB_NAMESPACES_DENIED');
    expect(params.detail).toMatch(/unshare/);
  });

  test('a machine where no user namespace may be made', async () => {
    // In a user namespace of its own the limit is set to none, as `sysctl user.max_user_namespaces=0` does for a
    // machine.
    const limit = 'mount -t proc proc /proc && echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';
    const { code } = JSON.parse(
      await checkBehind('unshare', '--user', '--map-root-user', '--mount', '--pid', '--fork', 'sh', '-c', limit, 'sh'),
    );
    expect(code).toBe('LAB_NAMESPACES_DENIED');
  });

  test('a machine without the programs', async () => {
    const hide = 'mount --bind /dev/null /usr/sbin/sshd; mount --bind /dev/null /usr/sbin/logrotate; exec "$@"';
    expect(JSON.parse(await checkBehind('unshare', '--mount', 'sh', '-c', hide, 'sh'))).toEqual({
      code: 'LAB_PROGRAM_MISSING',
      params: { programs: 'sshd, logrotate', packages: 'openssh-server logrotate' },
    });
  });

  test.each(['LAB_NEEDS_ROOT', 'LAB_NEEDS_LINUX', 'LAB_PROGRAM_MISSING', 'LAB_NAMESPACES_DENIED'] as const)(
    '%s offers the bundle, in both languages',
    (code) => {
      for (const language of ['en', 'ko'] as const)
        expect(errorText(language, code, {}).next).toContain('nodemend diagnose --bundle examples/sick-cluster.json');
    },
  );
});
