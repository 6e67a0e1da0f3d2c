import { describe, expect, it } from 'vitest';
import { uniqueSeconds, waitForProcesses, type ExecutionFixture, type LoginFixture } from './execution-fixture.ts';
import { ask } from './place.ts';

const whoAmI = { script: 'id -u; cat', input: Buffer.from('input') };

/** Who got onto the node as root is root. */
export function describeRoot(fixture: () => ExecutionFixture): void {
  describe('as root', () => {
    it.each(['root', 'preferred', 'none'] as const)(
      'runs as it logged in, when that is uid 0 (%s)',
      async (privilege) => {
        const answer = await ask(fixture().root, { ...whoAmI, privilege });
        expect(answer).toEqual({ exitCode: 0, stdout: '0\ninput', stderr: '', truncated: false, privilege: 'root' });
      },
    );
  });
}

/** How a script becomes root, and what is said when it cannot. */
export function describeSudo(fixture: () => LoginFixture): void {
  describe('as a user', () => {
    it.each(['root', 'preferred'] as const)('runs through sudo (%s)', async (privilege) => {
      const answer = await ask(fixture().users['sudo-works'], { ...whoAmI, privilege });
      expect(answer).toEqual({ exitCode: 0, stdout: '0\ninput', stderr: '', truncated: false, privilege: 'sudo' });
    });

    it('does not run through sudo when it need not', async () => {
      const { stdout, ...answer } = await ask(fixture().users['sudo-works'], { ...whoAmI, privilege: 'none' });
      expect(stdout).toMatch(/^[1-9]\d*\ninput$/);
      expect(answer).toEqual({ exitCode: 0, stderr: '', truncated: false, privilege: 'unprivileged' });
    });

    it.each([undefined, Buffer.from('some\ninput\n')])('may exit 1 through sudo, and runs once', async (input) => {
      const request = {
        script: 'echo "as $(id -u)"; exit 1',
        privilege: 'preferred',
        ...(input ? { input } : {}),
      } as const;
      expect(await ask(fixture().users['sudo-works'], request)).toEqual({
        exitCode: 1,
        stdout: 'as 0\n',
        stderr: '',
        truncated: false,
        privilege: 'sudo',
      });
    });

    it('is ended through sudo when it hangs', async () => {
      const seconds = uniqueSeconds();
      const hang = ask(fixture().users['sudo-works'], {
        script: 'sleep "$1" & sleep "$1"',
        args: [seconds],
        privilege: 'root',
        timeoutMs: 1000,
      });
      await expect(hang).rejects.toMatchObject({ code: 'COMMAND_TIMED_OUT' });
      await waitForProcesses(fixture(), seconds, 'none');
    });

    const refusals = [
      ['sudo-absent', 'absent'],
      ['sudo-password', 'password-needed'],
      ['sudo-other', 'not-allowed'],
      ['sudo-tty', 'tty-needed'],
    ] as const;

    it.each(refusals)('is refused: %s is %s', async (standing, reason) => {
      const refused = ask(fixture().users[standing], { ...whoAmI, privilege: 'root' });
      await expect(refused).rejects.toMatchObject({ code: 'SUDO_UNAVAILABLE', params: { reason } });
    });

    it.each(refusals)('runs without it when it is only preferred: %s is %s', async (standing, sudo) => {
      const { stdout, ...answer } = await ask(fixture().users[standing], { ...whoAmI, privilege: 'preferred' });
      expect(stdout).toMatch(/^[1-9]\d*\ninput$/);
      expect(answer).toEqual({ exitCode: 0, stderr: '', truncated: false, privilege: 'unprivileged', sudo });
    });
  });
}
