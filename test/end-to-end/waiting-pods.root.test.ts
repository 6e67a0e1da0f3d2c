import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorOf, type CommandResult, type Operator } from './operator.ts';
import { openCluster } from './practice-cluster.ts';
import type { TestCluster } from './test-cluster.ts';
import { walkthrough } from './walkthrough.ts';

/** The walkthrough of docs/image-pulls.md, "Which cause it is", as it stands there. */
describe('pods that wait', () => {
  let cluster: TestCluster;
  let operator: Operator;
  const steps = walkthrough('docs/image-pulls.md', 'Which cause it is');

  beforeAll(async () => {
    cluster = await openCluster('e2e-pulls', 3);
    operator = operatorOf(cluster);
  });
  afterAll(async () => {
    operator?.leave();
    await cluster?.down();
  });

  /** The page means the practice cluster of whoever reads it; here it is the test's own, which has another folder. */
  async function take(words: readonly string[]): Promise<CommandResult> {
    const nodes = cluster.nodes.map(({ name }) => name);
    if (words[0] !== 'lab') return operator.nodemend(...words);
    if (words[1] === 'break') await cluster.breakNodes('image-pull', words.at(-1) ?? '', nodes);
    else await cluster.renew(nodes);
    return { exitCode: 0, stdout: '', stderr: '' };
  }

  test('both languages show the same commands', () => {
    expect(walkthrough('docs/image-pulls.ko.md', '원인 찾기')).toEqual(steps);
  });

  test('each cause is found, with what it hits, and is gone when it is mended', { timeout: 120_000 }, async () => {
    const told: string[] = [];
    for (const words of steps) {
      const { exitCode, stdout } = await take(words);
      const causes = [
        'Docker Hub refuses pulls',
        'could not connect to registry.example.test',
        'All 3 nodes are fine',
      ].filter((cause) => stdout.replaceAll(/\s+/g, ' ').includes(cause));
      if (words[0] === 'diagnose') told.push(`${exitCode} ${causes.join(' + ')}`);
      else expect(exitCode).toBe(0);
    }
    expect(told).toEqual([
      '0 All 3 nodes are fine',
      '3 Docker Hub refuses pulls',
      '3 Docker Hub refuses pulls + could not connect to registry.example.test',
      '0 All 3 nodes are fine',
    ]);
  });

  test('one finding for a registry, whatever the number of its pods; what runs of it is counted', async () => {
    await cluster.breakNodes(
      'image-pull',
      'registry-unreachable',
      cluster.nodes.map(({ name }) => name),
    );
    const { stdout } = await operator.nodemend('diagnose', '--only', 'image-pull', '-o', 'json');
    const { findings } = JSON.parse(stdout) as {
      readonly findings: readonly { readonly status: string; readonly subject: unknown; readonly facts: unknown }[];
    };
    expect(findings.filter(({ status }) => status === 'fail')).toMatchObject([
      { subject: { kind: 'registry', name: 'registry.example.test' }, facts: { pods: 3, nodes: 3 } },
    ]);
  });

  test('faults of volumes are practised, found in words that help, and gone when they are healed', async () => {
    const nodes = cluster.nodes.map(({ name }) => name);
    for (const [problem, fault] of [
      ['volume-ownership', 'ownership-recursive'],
      ['volume-ownership', 'volume-not-attached'],
      ['volume-resize', 'rescan-missing'],
    ] as const)
      await cluster.breakNodes(problem, fault, nodes);
    const only = ['--only', 'volume-ownership,volume-resize', '--use-secrets', 'kube-system', '--lang', 'en'];
    const { exitCode, stdout } = await operator.nodemend('diagnose', ...only);
    expect(exitCode).toBe(3);
    for (const words of [
      /FAIL +volume-ownership ownership-recursive.*fsGroupChangePolicy: OnRootMismatch/su,
      /FAIL +volume-ownership volume-not-attached/u,
      /FAIL +volume-resize rescan-missing.*nodemend plan volume-resize/su,
    ])
      expect(stdout).toMatch(words);

    await cluster.renew(nodes);
    const healed = await operator.nodemend('diagnose', ...only);
    expect(healed.exitCode, healed.stdout).toBe(0);
  });
});
