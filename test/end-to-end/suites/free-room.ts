import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorOf, type Operator } from '../operator.ts';
import type { OpenCluster, TestCluster } from '../test-cluster.ts';

interface Findings {
  readonly findings: readonly {
    readonly rule: string;
    readonly subject: { readonly name: string };
    readonly facts?: Readonly<Record<string, number>>;
  }[];
}

const patience = { timeout: 120_000 };

/**
 * The walkthrough of docs/container-logs.md, "A node is full now": what can be freed is named, freed step by step, and
 * given back.
 */
export function describeFreeRoom(create: OpenCluster): void {
  describe('a node over its threshold', () => {
    let cluster: TestCluster;
    let operator: Operator;
    let node = '';
    let run = '';
    const containers = '/var/lib/docker/containers';

    beforeAll(async () => {
      cluster = await create();
      operator = operatorOf(cluster);
      node = cluster.nodes.find(({ runtime }) => runtime === 'docker')?.name ?? '';
      // Half of it is something else, so that there is less to be copied.
      await cluster.root(node, 'head -c 524288000 /dev/zero >/var/lib/something-else');
      await cluster.breakNodes('container-logs', 'disk-over-threshold', [node]);
    });
    afterAll(async () => {
      operator?.leave();
      await cluster?.renew([node]);
      await cluster?.down();
    });

    const over = async (): Promise<Findings['findings'][number] | undefined> => {
      const { stdout } = await operator.nodemend('diagnose', '--nodes', node, '-o', 'json');
      return (JSON.parse(stdout) as Findings).findings.find(({ rule }) => rule === 'disk-over-threshold');
    };
    /** Old logs with their bytes, owner, mode and time. */
    const oldLogs = (): Promise<string> =>
      cluster.root(
        node,
        `cd ${containers} && for log in */*-json.log.*; do [ ! -f "$log" ] || { sha256sum "$log"; stat -c '%a %u %g %Y %s' "$log"; }; done`,
      );
    const free = async (): Promise<number> =>
      Number(await cluster.root(node, `set -- $(stat -f -c '%f %S' ${containers}); echo $(($1 * $2))`));
    const apply = (...words: readonly string[]): ReturnType<Operator['nodemend']> =>
      operator.nodemend('apply', 'container-logs', '--nodes', node, '--soak', '0', ...words);

    test(
      'it is told what can be freed, in which order, with bytes; nothing is planned that nobody asked for',
      patience,
      async () => {
        const facts = (await over())?.facts ?? {};
        expect(Math.min(facts['rotatedBytes'] ?? 0, facts['liveBytes'] ?? 0)).toBeGreaterThan(1024 ** 2);
        const { exitCode, stdout } = await operator.nodemend('plan', 'container-logs', '--nodes', node);
        expect([exitCode, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
          0,
          expect.stringMatching(
            /--remedy free-rotated-logs \(\d.*--remedy free-dead-logs \(\d.*--remedy truncate-live-logs \(\d/,
          ),
        ]);
      },
    );

    test(
      'the oldest logs are freed, a copy is kept, and an undo gives them back with owner, mode and time',
      patience,
      async () => {
        const [before, room] = [await oldLogs(), await free()];
        const { exitCode, stdout, stderr } = await apply('--remedy', 'free-rotated-logs', '--yes', '--verbose');
        expect(exitCode, stdout + stderr).toBe(0);
        expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/kept \d+ bytes of .* removed .*: \d+ bytes more are free/);
        run = operator.runs().at(-1) ?? '';
        expect((await oldLogs()).length).toBeLessThan(before.length);
        expect(await free()).toBeGreaterThan(room + 100 * 1024 ** 2);
        expect(await over()).toBeUndefined();
        expect((await operator.nodemend('verify', run, '--nodes', node)).exitCode).toBe(0);

        const undone = await operator.nodemend('undo', run, '--yes', '--nodes', node);
        expect(undone.exitCode, undone.stdout + undone.stderr).toBe(0);
        expect(await oldLogs()).toBe(before);
        expect((await over())?.rule).toBe('disk-over-threshold');
      },
    );

    test(
      'of what is compressed already no copy is kept: it needs its name, and an undo says that it is lost',
      patience,
      async () => {
        await cluster.root(node, `cd ${containers} && for log in */*-json.log.[23]; do mv "$log" "$log.gz"; done`);
        const before = await oldLogs();
        const refused = await apply('--remedy', 'free-rotated-logs', '--yes');
        expect([refused.exitCode, refused.stderr]).toEqual([8, expect.stringContaining('--allow discard')]);
        expect(refused.stdout).toContain('it cannot be undone, these bytes are lost');
        expect(await oldLogs()).toBe(before);

        const { exitCode, stdout, stderr } = await apply(
          '--remedy',
          'free-rotated-logs',
          '--allow',
          'discard',
          '--yes',
        );
        expect(exitCode, stdout + stderr).toBe(0);
        expect(await over()).toBeUndefined();
        const undone = await operator.nodemend(
          'undo',
          operator.runs().find((one) => one !== run) ?? '',
          '--yes',
          '--nodes',
          node,
        );
        expect(undone.exitCode, undone.stdout).toBe(6);
        expect(undone.stdout + undone.stderr).toContain('LOG_NOT_KEPT');
      },
    );
  });
}
