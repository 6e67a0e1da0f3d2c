import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import makeImage from '../make-image.sh?raw';
import type { AskedNodes } from './asked-nodes.ts';
import fillInodes from './fill-inodes.sh?raw';

interface Risk {
  readonly rule: string;
  readonly facts: { readonly inodes: number; readonly freeInodes: number; readonly evictsBelowFreeInodes: number };
}

/**
 * A disk with room and few inodes: its real kubelet, by default, evicts below five percent of them and removes what is
 * unused. What is said before, near its threshold and past it.
 */
export function inodesSuite(node: string, given: () => AskedNodes): void {
  const kept = 'a.test/inodes:1';
  const names = (): Promise<string> => given().testbed.root(node, 'ctr -n k8s.io images ls -q');
  const fill = (free: string): Promise<string> => given().testbed.root(node, `set -- ${free}\n${fillInodes}`);
  const risks = async (): Promise<readonly Risk[]> => {
    const { testbed, operator } = given();
    const own = join(operator.folder, 'inodes.yaml');
    const { folder } = await testbed.status();
    writeFileSync(own, `${readFileSync(folder.configuration, 'utf8')}\nneededImages: ['${kept}']\n`);
    const words = ['diagnose', '--only', 'base-images', '-o', 'json', '--config', own, '--nodes', node];
    const { stdout, stderr } = await operator.nodemend(...words);
    expect(stderr).toBe('');
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Risk[] };
    return findings.filter(({ rule }) => rule.startsWith('at-risk'));
  };
  let near: readonly Risk[];
  let past: readonly Risk[];
  let still: string;
  let theirs: { readonly fs: { readonly inodes: number } };

  beforeAll(async () => {
    const { testbed } = given();
    await testbed.root(node, `set -- containerd 100 ${kept}\n${makeImage}`);
    await fill('8');
    near = await risks();
    theirs = (
      JSON.parse(await testbed.kubectl('get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`)) as {
        readonly node: typeof theirs;
      }
    ).node;
    still = await names();
    // It would be quicker than we are.
    await testbed.root(node, 'systemctl kill --kill-who=main --signal=STOP kubelet');
    await fill('4');
    past = await risks();
    await testbed.root(node, 'systemctl kill --kill-who=main --signal=CONT kubelet');
  });
  afterAll(() => given().testbed.root(node, 'rm -rf /var/lib/inodes'));

  test('near kubelet’s threshold it is a risk, and nothing is taken', () => {
    expect(near).toMatchObject([{ rule: 'at-risk-soon', facts: { inodes: theirs.fs.inodes, images: [kept] } }]);
    const [{ inodes, freeInodes, evictsBelowFreeInodes }] = near.map(({ facts }) => facts) as [Risk['facts']];
    expect(evictsBelowFreeInodes).toBe(Math.floor(inodes / 20));
    expect(freeInodes).toBeGreaterThan(evictsBelowFreeInodes);
    expect(still).toContain(kept);
  });

  test('past it the image can go now, and kubelet takes it to reclaim inodes', async () => {
    expect(past).toMatchObject([{ rule: 'at-risk-now', facts: { images: [kept] } }]);
    for (const { facts } of past) expect(facts.freeInodes).toBeLessThan(facts.evictsBelowFreeInodes);
    await expect.poll(names, { timeout: 90_000, interval: 500 }).not.toContain(kept);
    const events = ['get', 'events', '--field-selector', 'reason=EvictionThresholdMet', '-o'];
    const { testbed } = given();
    expect(await testbed.kubectl(...events, 'jsonpath={.items[*].message}')).toContain('Attempting to reclaim inodes');
  });
}
