import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../../src/engine/journal/entry.ts';
import { etcHash } from '../node-files.ts';
import { operatorOf, type Operator } from '../operator.ts';
import { ofAKind, type CaseChoice, type OpenCluster, type TestCluster } from '../test-cluster.ts';

const rule = '/etc/logrotate.d/docker';

export function describeKilled(create: OpenCluster, choice: CaseChoice = 'all'): void {
  describe('killed', () => {
    let cluster: TestCluster;
    let operator: Operator;
    /** The canary and the node after it. */
    let [first, second] = ['', ''];
    let broken: readonly string[];

    beforeAll(async () => {
      cluster = await create();
      [first = '', second = ''] = cluster.nodes.filter(({ runtime }) => runtime === 'docker').map(({ name }) => name);
      await cluster.breakNodes('container-logs', 'rule-ignored', [first]);
      await cluster.breakNodes('container-logs', 'rule-missing', [second]);
      broken = await states();
    });
    afterAll(() => cluster?.down());
    beforeEach(() => {
      operator = operatorOf(cluster);
      return () => operator.leave();
    });

    const states = (): Promise<readonly string[]> => Promise.all([first, second].map((node) => etcHash(cluster, node)));
    const rulesOn = (node: string): Promise<string> =>
      cluster.root(node, 'ls -A /etc/logrotate.d; cat "$1" 2>/dev/null || true', rule);

    /** Starts an apply and kills it with SIGKILL as soon as its journal has that entry. */
    async function killedApply(fits: (entry: JournalEntry) => boolean): Promise<string> {
      const command = operator.start('apply', 'container-logs', '--yes', '--soak', '0');
      const run = await operator.journalled([], fits);
      command.child.kill('SIGKILL');
      expect((await command.ended).exitCode).toBeNull();
      return run;
    }

    /**
     * A script that was under way ends by itself; a file is the old one or the new one, and beside it at most a name
     * that logrotate ignores.
     */
    async function expectWholeFiles(): Promise<void> {
      for (const node of [first, second]) {
        const text = await rulesOn(node);
        expect(text).not.toMatch(/^\.\S/m);
        if (text.includes('containers/*/*-json.log')) expect(text).toMatch(/\{\n[^{}]*\}\n$/);
      }
    }

    const before = (step: string, on: () => string) => (entry: JournalEntry) =>
      entry.entry === 'before' && entry.step === step && entry.node === on();
    const after = (step: string, on: () => string) => (entry: JournalEntry) =>
      entry.entry === 'after' && entry.step === step && entry.node === on();
    const canary = (): string => first;
    const next = (): string => second;

    describe('killed with SIGKILL during apply', () => {
      const resumedMoments = [
        ['while the file is put into place', before('commit', canary)],
        ['before the first lock', (entry: JournalEntry) => entry.entry === 'begin'],
        ['while the canary is staged', before('stage', canary)],
        ['after the canary is done', (entry: JournalEntry) => entry.entry === 'node' && entry.outcome.node === first],
        ['after the second file is in place', after('commit', next)],
      ] as const;
      test.each(ofAKind(resumedMoments, choice))('%s: resume finishes it, undo takes it back', async (_, fits) => {
        const run = await killedApply(fits);
        await expectWholeFiles();
        expect((await operator.nodemend('history')).stdout).toMatch(new RegExp(`^${run} +apply +unfinished`, 'm'));

        const resumed = await operator.nodemend('resume', run, '--yes');
        expect(resumed.exitCode, `${resumed.stdout}${resumed.stderr}`).toBe(0);
        expect(resumed.stdout).toContain(`DONE  run ${run}, 2 of 2 nodes`);
        expect((await operator.nodemend('diagnose')).exitCode).toBe(0);
        for (const node of [first, second]) expect(await rulesOn(node)).not.toMatch(/~$/m);
        expect((await operator.nodemend('resume', run, '--yes')).stderr).toContain('RUN_ENDED');

        const undone = await operator.nodemend('undo', run, '--yes');
        expect(undone.exitCode, `${undone.stdout}${undone.stderr}`).toBe(0);
        expect(await states()).toEqual(broken);
      });

      const undoneMoments = [
        ['after the file is in place, before that is noted', before('commit', canary)],
        ['while the canary is staged', before('stage', canary)],
        ['while the second node is verified', before('verify', next)],
      ] as const;
      test.each(ofAKind(undoneMoments, choice))(
        '%s: another machine, which knows nothing, finds and undoes it',
        async (_, fits) => {
          const run = await killedApply(fits);
          await expectWholeFiles();
          const colleague = operatorOf(cluster);
          try {
            const { stdout } = await colleague.nodemend('history', '--from-nodes');
            const { exitCode, stdout: undone, stderr } = await colleague.nodemend('undo', run, '--yes');
            expect(exitCode, `${stdout}${undone}${stderr}`).toBe(0);
            expect(await states()).toEqual(broken);
            expect(await cluster.root(first, 'ls /var/lib/nodemend')).not.toMatch(/lock/);
            // The dead run's lease is free at once for the next one: nobody waits a quarter of an hour.
            const again = await colleague.nodemend('apply', 'container-logs', '--yes', '--soak', '0');
            expect(again.exitCode, `${again.stdout}${again.stderr}`).toBe(0);
            const newest = colleague.runs().find((id) => id !== run) ?? '';
            expect((await colleague.nodemend('undo', newest, '--yes')).exitCode).toBe(0);
            expect(await states()).toEqual(broken);
          } finally {
            colleague.leave();
          }
        },
      );
    });

    describe('the world moved', () => {
      test('a file that was edited by hand since is left alone, with the diff; the other node is restored', async () => {
        const applied = await operator.nodemend('apply', 'container-logs', '--yes', '--soak', '0');
        expect(applied.exitCode, `${applied.stdout}${applied.stderr}`).toBe(0);
        const [run = ''] = operator.runs();
        await cluster.root(first, 'sed -i "s/daily/weekly/" "$1"', rule);
        const edited = await etcHash(cluster, first);

        const { exitCode, stdout } = await operator.nodemend('undo', run, '--yes');
        expect(exitCode, stdout).toBe(6);
        expect(stdout).toContain('FILE_CHANGED_SINCE_RUN');
        expect(stdout).toMatch(/^ *- +daily\n *\+ +weekly$/m);
        expect(await etcHash(cluster, first)).toBe(edited);
        expect(await etcHash(cluster, second)).toBe(broken[1]);

        await cluster.root(first, 'sed -i "s/weekly/daily/" "$1"', rule);
        const again = await operator.nodemend('undo', run, '--yes');
        expect(again.exitCode, again.stdout).toBe(0);
        expect(await states()).toEqual(broken);
      });

      test('edited on the only node of the run: nothing was undone, refused', async () => {
        const applied = await operator.nodemend('apply', 'container-logs', '--yes', '--soak', '0', '--nodes', first);
        expect(applied.exitCode, `${applied.stdout}${applied.stderr}`).toBe(0);
        await cluster.root(first, 'echo "# mine" >>"$1"', rule);
        const edited = await etcHash(cluster, first);
        const [run = ''] = operator.runs();
        const { exitCode, stdout } = await operator.nodemend('undo', run, '--yes');
        expect(exitCode, stdout).toBe(8);
        expect(stdout).toMatch(/^ *\+# mine$/m);
        expect(await etcHash(cluster, first)).toBe(edited);
        await cluster.root(first, 'sed -i "/^# mine/d" "$1"', rule);
        expect((await operator.nodemend('undo', run, '--yes')).exitCode).toBe(0);
        expect(await states()).toEqual(broken);
      });

      test('a node that was booted since the plan was made: the whole plan is stale, and no node is changed', async () => {
        expect((await operator.nodemend('plan', 'container-logs', '--out', 'plan.json')).exitCode).toBe(0);
        await cluster.renew([second]);
        await cluster.breakNodes('container-logs', 'rule-missing', [second]);
        const now = await states();
        const { exitCode, stdout, stderr } = await operator.nodemend('apply', './plan.json', '--yes', '--soak', '0');
        expect(exitCode, `${stdout}${stderr}`).toBe(8);
        expect(`${stdout}${stderr}`).toContain('PLAN_STALE');
        expect(`${stdout}${stderr}`).toContain(second);
        expect(await states()).toEqual(now);
      });
    });
  });
}
