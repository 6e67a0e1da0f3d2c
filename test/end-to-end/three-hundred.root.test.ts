import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import stringWidth from 'string-width';
import { operatorOf, type Operator } from './operator.ts';
import { openCluster } from './practice-cluster.ts';
import type { TestCluster } from './test-cluster.ts';

const size = 300;
let cluster: TestCluster;
let operator: Operator;
let docker: readonly string[] = [];

beforeAll(async () => {
  cluster = await openCluster('e2e-fleet', size);
  operator = operatorOf(cluster);
  docker = cluster.nodes.filter(({ runtime }) => runtime === 'docker').map(({ name }) => name);
  await cluster.breakNodes('container-logs', 'rule-missing', docker);
}, 240_000);
afterAll(async () => {
  operator?.leave();
  await cluster?.down();
}, 240_000);

/** `group-node-[0-12,14]` as it must read: not a list of a hundred names. */
const folded = /default-worker-node-\[[\d,-]+\]/;

test('diagnose of 300 nodes: everything seen, folded, within 80 columns', { timeout: 120_000 }, async () => {
  const started = performance.now();
  const { exitCode, stdout, stderr } = await operator.nodemend('diagnose');
  process.stdout.write(`diagnose of ${size} nodes: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  expect(exitCode, `${stdout}${stderr}`).toBe(3);
  expect(stdout).toContain(`FAIL  container-logs rule-missing, high, ${docker.length} nodes`);
  expect(stdout).toContain('e2e-fleet-default-worker-node-[0-149]');
  expect(stdout).toContain(`${size} nodes: ${docker.length} failing, ${size - docker.length} passing.`);
  for (const line of stdout.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(80);
  expect(stdout.split('\n').length).toBeLessThan(24);
});

test(
  'Ctrl-C on the terminal, in the middle: what arrived is shown, the rest is unknown',
  { timeout: 120_000 },
  async () => {
    // One node never answers, so that there always is a middle.
    const [silent = ''] = docker;
    await cluster.freezeSsh(silent);
    const terminal = operator.onTerminal('diagnose', '--connect-timeout', '100');
    try {
      await expect.poll(terminal.screen, { timeout: 90_000, interval: 20 }).toMatch(/(?<!\d)[1-9]\d+\/300 nodes/);
      terminal.type('\u0003');
      expect((await terminal.ended).exitCode, terminal.screen()).toBe(130);
    } finally {
      terminal.child.kill();
      await cluster.thawSsh(silent);
    }
    const text = stripVTControlCharacters(terminal.screen());
    const unknown = Number(/UNKNOWN +(\d+) of 300 nodes could not be checked/.exec(text)?.[1]);
    expect(unknown, text).toBeGreaterThan(0);
    expect(unknown, text).toBeLessThan(size - 5);
    expect(text).not.toMatch(/are fine/);
    // A line may end within a name.
    expect(text.replaceAll(/\s+/g, '')).toMatch(folded);
  },
);
