import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { processTree } from '../../../lab/testing/process-tree.ts';
import { etcHash } from '../node-files.ts';
import { operatorOf, type Operator, type TerminalCommand } from '../operator.ts';
import { ofAKind, type CaseChoice, type OpenCluster, type TestCluster } from '../test-cluster.ts';

/** Below the terminal that `script` makes, nodemend's own process. */
function nodemendOn({ child }: TerminalCommand): number {
  const found = processTree(child.pid ?? 0).find(({ pid }) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${process.execPath}\0`),
  );
  if (found === undefined) throw new Error('nodemend does not run on the terminal');
  return found.pid;
}

export function describeInterrupted(create: OpenCluster, choice: CaseChoice = 'all'): void {
  describe('interrupted', () => {
    let cluster: TestCluster;
    let operator: Operator;
    let [first, second] = ['', ''];
    let containerd = '';

    beforeAll(async () => {
      cluster = await create();
      [first = '', second = ''] = cluster.nodes.filter(({ runtime }) => runtime === 'docker').map(({ name }) => name);
      containerd = cluster.nodes.find(({ runtime }) => runtime === 'containerd')?.name ?? '';
      await cluster.breakNodes('container-logs', 'rule-missing', [first, second]);
    });
    afterAll(() => cluster?.down());
    beforeEach(() => {
      operator = operatorOf(cluster);
      return () => operator.leave();
    });

    test.each(ofAKind(['SIGINT', 'SIGTERM', 'SIGHUP'] as const, choice))(
      '%s during diagnose: what arrived is printed, the rest is unknown, and the exit code is 130',
      async (signal) => {
        await cluster.freezeSsh(containerd);
        try {
          const terminal = operator.onTerminal('diagnose', '--connect-timeout', '100');
          const count = cluster.nodes.length;
          await expect
            .poll(terminal.screen, { timeout: 50_000, interval: 50 })
            .toContain(`${count - 1}/${count} nodes`);
          const since = Date.now();
          process.kill(nodemendOn(terminal), signal);
          const { exitCode } = await terminal.ended;
          const text = stripVTControlCharacters(terminal.screen());
          expect(exitCode, text).toBe(130);
          // The frozen node would be waited for 100 s.
          expect(Date.now() - since).toBeLessThan(50_000);
          expect(text).toMatch(/FAIL {2}container-logs rule-missing, high, 2 nodes/);
          expect(text).toMatch(new RegExp(`UNKNOWN[^]*${containerd}`));
          expect(text).not.toContain('fine');
        } finally {
          await cluster.thawSsh(containerd);
        }
      },
    );

    test('Ctrl-C during apply: it stops after the step, says how to go on, and goes on from there', async () => {
      const before = await etcHash(cluster, second);
      const command = operator.start('apply', 'container-logs', '--yes', '--soak', '600');
      const run = await operator.journalled([], (entry) => entry.entry === 'node' && entry.outcome.node === first);
      command.child.kill('SIGINT');
      const { exitCode, stdout, stderr } = await command.ended;
      expect(exitCode, `${stdout}${stderr}`).toBe(130);
      expect(stdout).toContain('It was interrupted.');
      expect(stdout).toContain(`nodemend resume ${run}`);
      expect(await etcHash(cluster, second)).toBe(before);
      expect(await cluster.root(first, 'ls /etc/logrotate.d')).toMatch(/^docker$/m);

      // The soak that was approved at the start holds for the rest of the run.
      const resumed = operator.start('resume', run, '--yes');
      await operator.journalled([], (entry) => entry.entry === 'begin' && entry.kind === 'resume');
      resumed.child.kill('SIGINT');
      expect((await resumed.ended).exitCode).toBe(130);
      const undone = await operator.nodemend('undo', run, '--yes');
      expect(undone.exitCode, `${undone.stdout}${undone.stderr}`).toBe(0);
      expect(await etcHash(cluster, second)).toBe(before);
    });

    test.each(ofAKind(['SIGHUP', 'SIGINT'] as const, choice))(
      '%s in the middle of a step: it is finished or undone',
      async (signal) => {
        const command = operator.start('apply', 'container-logs', '--yes', '--soak', '0');
        const run = await operator.journalled([], (entry) => entry.entry === 'before' && entry.step === 'validate');
        command.child.kill(signal);
        const { exitCode, stdout } = await command.ended;
        expect(exitCode, stdout).toBe(130);
        expect(await cluster.root(first, 'ls /var/lib/nodemend')).not.toContain('lock');
        expect(await cluster.root(first, 'ls -A /etc/logrotate.d')).not.toMatch(/^\./m);
        const resumed = await operator.nodemend('resume', run, '--yes');
        expect(resumed.exitCode, `${resumed.stdout}${resumed.stderr}`).toBe(0);
        expect((await operator.nodemend('diagnose')).exitCode).toBe(0);
        expect((await operator.nodemend('undo', run, '--yes')).exitCode).toBe(0);
      },
    );

    test('output that nobody takes: the words are lost, and the run is not', async () => {
      const before = await etcHash(cluster, second);
      const full = operator.startInto('/dev/full', 'apply', 'container-logs', '--yes', '--soak', '0');
      expect((await full.ended).exitCode).toBe(0);
      const [run = ''] = operator.runs();
      expect(operator.journal(run).at(-1)).toMatchObject({ entry: 'end', verdict: 'done' });

      // Both readers go away while the nodes are being changed, as those of a closed terminal or of `| head` do.
      const undo = operator.start('undo', run, '--yes');
      const isUnderWay = (): boolean =>
        operator.journal(run).some((entry) => entry.entry === 'begin' && entry.kind === 'undo');
      await expect.poll(isUnderWay, { timeout: 50_000, interval: 20 }).toBe(true);
      undo.child.stdout?.destroy();
      undo.child.stderr?.destroy();
      expect((await undo.ended).exitCode).toBe(0);
      expect(await etcHash(cluster, second)).toBe(before);

      // An answer that nobody got is none: the exit code of what only reads says so.
      expect((await operator.startInto('/dev/full', 'history').ended).exitCode).toBe(2);
    });

    test('the lease of a run that nobody here knows is freed by a person on a terminal, and by nobody else', async () => {
      const died = operator.start('apply', 'container-logs', '--yes', '--soak', '600');
      const run = await operator.journalled([], (entry) => entry.entry === 'node' && entry.outcome.node === first);
      died.child.kill('SIGKILL');
      await died.ended;
      const other = operatorOf(cluster);
      try {
        const refused = await other.nodemend('force-unlock', run);
        expect(refused.exitCode, refused.stderr).toBe(8);
        expect(refused.stderr).toContain('[LEASE_NEEDS_PERSON]');
        expect((await other.nodemend('force-unlock', run, '--yes')).exitCode).toBe(2);

        const terminal = other.onTerminal('force-unlock', run);
        await expect.poll(terminal.screen, { timeout: 20_000 }).toContain('yes');
        terminal.type('yes\n');
        const { exitCode } = await terminal.ended;
        const screen = stripVTControlCharacters(terminal.screen()).replaceAll(/\s+/g, ' ');
        expect(exitCode, screen).toBe(0);
        expect(screen).toContain('two runs may change nodes and objects at the same time');
        expect((await other.nodemend('force-unlock', run)).stderr).toContain('[LEASE_NOT_OF_RUN]');
      } finally {
        other.leave();
      }
      expect((await operator.nodemend('undo', run, '--yes')).exitCode).toBe(0);
    });

    test('a prompt without a terminal is a refusal, not an endless wait', async () => {
      const { exitCode, stderr } = await operator.nodemend('apply', 'container-logs');
      expect(exitCode).toBe(8);
      expect(stderr).toContain('--yes');
    });
  });
}
