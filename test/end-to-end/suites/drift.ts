import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { guideRule } from '../../../lab/node/node-files.ts';
import type { DriftDocument } from '../../../src/app/documents/drift/schema.ts';
import type { JournalEntry } from '../../../src/engine/journal/entry.ts';
import { etcHash } from '../node-files.ts';
import { operatorOf, type Operator } from '../operator.ts';
import type { OpenCluster, TestCluster } from '../test-cluster.ts';
import { walkthrough } from '../walkthrough.ts';

const rule = '/etc/logrotate.d/docker';

/** One file on all nodes: the guide's rule, which nodes have from their image, is the source. */
export function describeDrift(create: OpenCluster): void {
  describe('drift', () => {
    let cluster: TestCluster;
    let operator: Operator;
    /**
     * The first lost the file, the second was edited by hand, the third is as its image; kubelet rotates on the last,
     * and the file is there all the same.
     */
    let [missing, edited, right, kubelet] = ['', '', '', ''];
    let drifted: readonly string[];

    beforeAll(async () => {
      cluster = await create();
      [missing = '', edited = '', right = ''] = cluster.nodes
        .filter(({ runtime }) => runtime === 'docker')
        .map(({ name }) => name);
      kubelet = cluster.nodes.find(({ runtime }) => runtime === 'containerd')?.name ?? '';
      await cluster.root(missing, 'rm "$1"', rule);
      await cluster.root(edited, 'sed -i "s/rotate 10/rotate 7/" "$1"', rule);
      await cluster.root(kubelet, 'printf %s "$2" >"$1"', rule, guideRule.content);
      drifted = await states();
    });
    afterAll(() => cluster?.down());
    beforeEach(() => {
      operator = operatorOf(cluster);
      writeFileSync(join(operator.folder, 'docker.conf'), guideRule.content);
      return () => operator.leave();
    });

    const states = (): Promise<readonly string[]> =>
      Promise.all([missing, edited, right, kubelet].map((node) => etcHash(cluster, node)));
    const ruleOn = (node: string): Promise<string> => cluster.root(node, 'cat "$1" 2>/dev/null || true', rule);
    const compared = async (
      ...args: readonly string[]
    ): Promise<{ readonly exitCode: number | null; readonly document: DriftDocument }> => {
      const { exitCode, stdout } = await operator.nodemend('container-logs', 'diff', '-o', 'json', ...args);
      return { exitCode, document: JSON.parse(stdout) as DriftDocument };
    };
    const stateOf = ({ nodes }: DriftDocument, name: string): unknown =>
      nodes.filter((node) => node.name === name).map(({ state, changes }) => [state, ...changes])[0];

    test('each node is told as what it is, and nothing on it changes', async () => {
      const { exitCode, document } = await compared('--from', 'docker.conf');
      expect(exitCode).toBe(3);
      expect([missing, edited, right, kubelet].map((node) => stateOf(document, node))).toEqual([
        ['missing'],
        ['other-meaning', 'rotate 7 → 10'],
        ['same'],
        ['unexpected'],
      ]);
      expect(document.nodes.map(({ name }) => name)).toEqual(cluster.nodes.map(({ name }) => name));

      const alone = await compared('--nodes', [missing, edited, right].join(','));
      expect([alone.exitCode, alone.document.reference.kind, alone.document.reference.nodes]).toEqual([3, 'tie', 1]);
      expect(await states()).toEqual(drifted);
    });

    test('the page’s walkthrough does what it says, in both languages', async () => {
      const commands = walkthrough('docs/container-logs.md', 'One file on all nodes');
      expect(walkthrough('docs/container-logs.ko.md', '모든 노드에 같은 파일 하나')).toEqual(commands);
      expect(commands.map((words) => words.join(' '))).toEqual([
        'container-logs diff',
        'container-logs diff --from docker.conf',
        'container-logs sync --from docker.conf',
        'container-logs diff --from docker.conf',
        'undo',
        'plan container-logs --from docker.conf --out plan.json',
        'apply plan.json',
      ]);
      const asked = (words: readonly string[]): readonly string[] =>
        ['sync', 'apply'].some((word) => words.includes(word))
          ? [...words, '--yes', '--soak', '0']
          : words[0] === 'undo'
            ? [...words, '--yes']
            : words;
      const [together, against, sync, after, undo, plan, apply] = commands.map(
        (words) => () => operator.nodemend(...asked(words)),
      );

      expect((await together?.())?.exitCode).toBe(3);
      expect((await against?.())?.exitCode).toBe(3);
      const synced = await sync?.();
      expect(synced?.exitCode, `${synced?.stdout}${synced?.stderr}`).toBe(0);
      await expectSynced(synced?.stdout ?? '');
      expect((await after?.())?.exitCode).toBe(0);
      const undone = await undo?.();
      expect(undone?.exitCode, undone?.stdout).toBe(0);
      expect(await states()).toEqual(drifted);
      expect((await plan?.())?.exitCode).toBe(0);
      // The plan holds the source: what becomes of the file in the meantime is no matter.
      writeFileSync(join(operator.folder, 'docker.conf'), '');
      const applied = await apply?.();
      expect(applied?.exitCode, `${applied?.stdout}${applied?.stderr}`).toBe(0);
      expect(await ruleOn(edited)).toBe(guideRule.content);
      expect((await operator.nodemend('undo', '--yes')).exitCode).toBe(0);
      expect(await states()).toEqual(drifted);
    });

    /** The canary came first, alone; the hash and the effect were looked at; the node that was right was left alone. */
    async function expectSynced(told: string): Promise<void> {
      expect(await Promise.all([missing, edited, right, kubelet].map(ruleOn))).toEqual([
        guideRule.content,
        guideRule.content,
        guideRule.content,
        '',
      ]);
      expect((await states())[2]).toBe(drifted[2]);
      expect(told).toContain('nodemend plan container-logs --from docker.conf --out plan.json');
      const [run = ''] = operator.runs();
      const steps = operator.journal(run).flatMap((entry) => {
        if (entry.entry === 'node') return [`end ${entry.outcome.node}`];
        return entry.entry === 'before' && entry.step === 'stage' ? [`stage ${entry.node}`] : [];
      });
      const changed = steps.filter((step) => step.startsWith('stage ')).map((step) => step.slice('stage '.length));
      expect(steps[1]).toBe(`end ${changed[0]}`);
      expect(changed.toSorted()).toEqual([missing, edited, kubelet].toSorted());
      const verified = await operator.nodemend('verify', run);
      expect(verified.exitCode, verified.stdout).toBe(0);
      expect(verified.stdout).toContain('container-logs/rule-covers-logs');
    }

    test('killed midway it goes on, or is undone', async () => {
      const command = operator.start('container-logs', 'sync', '--from', 'docker.conf', '--yes', '--soak', '0');
      const isFirstInPlace = (entry: JournalEntry): boolean => entry.entry === 'after' && entry.step === 'commit';
      const run = await operator.journalled([], isFirstInPlace);
      command.child.kill('SIGKILL');
      expect((await command.ended).exitCode).toBeNull();

      // The source is in the plan, and the plan is kept beside the journal or on the nodes: the file is not needed
      // again.
      const resumed = await operator.nodemend('resume', run, '--yes');
      expect(resumed.exitCode, `${resumed.stdout}${resumed.stderr}`).toBe(0);
      expect((await compared('--from', 'docker.conf')).exitCode).toBe(0);
      const undone = await operator.nodemend('undo', run, '--yes');
      expect(undone.exitCode, `${undone.stdout}${undone.stderr}`).toBe(0);
      expect(await states()).toEqual(drifted);
    });

    test('a node that does not answer is named, and neither the same nor synchronised', async () => {
      await cluster.freezeSsh(right);
      try {
        const flags = ['--from', 'docker.conf', '--nodes', right, '--connect-timeout', '2'];
        const { exitCode, document } = await compared(...flags);
        expect([exitCode, stateOf(document, right)]).toEqual([5, ['unknown']]);
        const synced = await operator.nodemend('container-logs', 'sync', '--yes', ...flags);
        expect(synced.exitCode).toBe(8);
        expect(synced.stdout).toMatch(new RegExp(`UNKNOWN[^]*${right}`));
        expect(synced.stdout).not.toMatch(/SAME/);
      } finally {
        await cluster.thawSsh(right);
      }
    });

    test('another rule for the same logs is left to a person, with the reason', async () => {
      await cluster.root(edited, 'mv "$1" /etc/logrotate.d/shop', rule);
      try {
        const before = await etcHash(cluster, edited);
        const synced = await operator.nodemend(
          'container-logs',
          'sync',
          '--from',
          'docker.conf',
          '--nodes',
          edited,
          '--yes',
          '--soak',
          '0',
        );
        expect(synced.exitCode, synced.stdout).toBe(6);
        expect(synced.stdout).toMatch(/LEFT ALONE[^]*\/etc\/logrotate\.d\/shop/);
        expect(await etcHash(cluster, edited)).toBe(before);
        expect(operator.runs()).toEqual([]);
      } finally {
        await cluster.root(edited, 'mv /etc/logrotate.d/shop "$1"', rule);
      }
    });

    test('no node at all is an error', async () => {
      const { exitCode, stderr } = await operator.nodemend(
        'container-logs',
        'diff',
        '--selector',
        'nodemend.dev/none=here',
      );
      expect([exitCode, /\[([A-Z_]+)\]/.exec(stderr)?.[1]]).toEqual([2, 'NO_TARGETS']);
    });
  });
}
