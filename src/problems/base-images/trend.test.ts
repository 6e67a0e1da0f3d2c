import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import { diagnose } from './diagnose.ts';
import { configured } from './testing/fixture-states.ts';
import { daemonSet, fixture, nothingRuns, type FixtureNode } from './testing/fixture.ts';

/** containerd 1.6, where nothing is kept, without the pin that it ignores. */
const node: FixtureNode = {
  images: (text) => nothingRuns(text).replaceAll(/,?io\.cri.containerd\.pinned=pinned/g, ''),
};
const now = '2026-11-30T12:28:52.000Z';
const dayBefore = '2026-11-29T12:28:52.000Z';

function at(used: number, collectedAt: string, more: FixtureNode = {}): Evidence {
  return fixture({ ...node, used, ...more }, { collectedAt });
}

function riskFinding(evidence: Evidence, earlier?: Evidence): Finding | undefined {
  return diagnose(evidence, earlier).find(({ rule }) => rule.startsWith('at-risk'));
}

test('one look at a disk with room says nothing of when, and so nothing is warned of', () => {
  expect(riskFinding(at(60, now))).toBeUndefined();
});

test('two looks a day apart: so many days at the fastest and at the slowest', () => {
  // 10 percent a day, 24 until the threshold of 85 (that is 84 and a part): a third and three times of that.
  expect(riskFinding(at(60, now), at(50, dayBefore))).toMatchObject({
    rule: 'at-risk-soon',
    text: { key: 'findings.at-risk-soon.trend', params: { from: 0.8, to: 7.2, percent: 60, high: 85 } },
    facts: { usedPercent: 60, wantedBytes: 0 },
  });
});

test('a disk that does not fill is not at risk, nor is one that fills in a year', () => {
  expect(riskFinding(at(60, now), at(60, dayBefore))).toBeUndefined();
  expect(riskFinding(at(60, now), at(59.9, dayBefore))).toBeUndefined();
});

test('a kubelet that knows no maximum age removes nothing by it', () => {
  const kubelet = configured('imageMaximumGCAge: 12h\n');

  expect(riskFinding(at(60, now, { kubelet }))).toMatchObject({ text: { key: 'findings.at-risk-now.age' } });
  expect(
    riskFinding(
      fixture(
        { runtime: 'docker-20.10.24', images: nothingRuns, kubelet },
        { uses: [daemonSet('registry.k8s.io/kube-proxy:v1.34.4')] },
      ),
    ),
  ).toBeUndefined();
});

test('another machine of the same name, another size, or the future tell nothing of this one', () => {
  const other = at(50, dayBefore);
  const [first] = other.nodes;
  const replaced = {
    ...first!,
    access: { ...first!.access, value: { machineId: 'another' } },
  } as unknown as typeof first;

  expect(riskFinding(at(60, now), { ...other, nodes: [replaced!] })).toBeUndefined();
  expect(riskFinding(at(60, dayBefore), at(50, now))).toBeUndefined();
});

describe('inodes, whose lack makes kubelet evict however much space is left', () => {
  /** Of 5,000 the default of five percent is 250. */
  const withFree = (freeInodes: number, collectedAt: string, more: FixtureNode = {}): Evidence =>
    at(40, collectedAt, { freeInodes, ...more });
  const keyOf = (...evidence: [Evidence, Evidence?]): string | undefined => riskFinding(...evidence)?.text.key;

  test('from its own threshold on it is now, near it soon', () => {
    expect(riskFinding(withFree(249, now))).toMatchObject({
      rule: 'at-risk-now',
      status: 'warn',
      text: {
        key: 'findings.at-risk-now.inodes',
        params: { freeInodes: 249, inodesPercent: 96, keptFreeInodes: 250, images: 'registry.k8s.io/pause:3.6' },
      },
      facts: { inodes: 5000, freeInodes: 249, usedInodesPercent: 96, evictsBelowFreeInodes: 250, usedPercent: 40 },
    });
    expect(riskFinding(withFree(250, now))).toMatchObject({
      rule: 'at-risk-soon',
      text: { key: 'findings.at-risk-soon.inodes-near' },
    });
    expect(keyOf(withFree(499, now))).toBe('findings.at-risk-soon.inodes-near');
    expect(keyOf(withFree(500, now))).toBeUndefined();
  });

  test('two looks a day apart: what is met first, of bytes and of inodes', () => {
    const inodes = 'findings.at-risk-soon.inodes-trend';
    // 500 a day, and 2,250 until the threshold: a third and three times of four days and a half.
    expect(riskFinding(withFree(2500, now), withFree(3000, dayBefore))).toMatchObject({
      text: { key: inodes, params: { from: 1.5, to: 14 } },
    });
    expect(keyOf(withFree(2500, now), withFree(2500, dayBefore))).toBeUndefined();
    const fast = { used: 60 };
    const slow = { used: 50 };
    expect(keyOf(withFree(4000, now, fast), withFree(4050, dayBefore, slow))).toBe('findings.at-risk-soon.trend');
    expect(keyOf(withFree(260, now, fast), withFree(3000, dayBefore, { used: 59.9 }))).toBe(inodes);
  });

  test('by the thresholds of that kubelet, and of that disk', () => {
    const hard = (lines: string): FixtureNode => ({ kubelet: configured(`evictionHard:\n${lines}`) });
    const available = "  nodefs.available: '10%'\n";
    const merged = hard(available);
    expect(keyOf(withFree(249, now, merged))).toBeUndefined();
    const merging = configured(`evictionHard:\n${available}mergeDefaultEvictionSettings: true\n`);
    expect(keyOf(withFree(249, now, { kubelet: merging }))).toBe('findings.at-risk-now.inodes');
    expect(keyOf(withFree(999, now, hard("  imagefs.inodesFree: '1k'\n")))).toBe('findings.at-risk-now.inodes');
    const soft = configured("evictionSoft:\n  nodefs.inodesFree: '20%'\nevictionSoftGracePeriod: {}\n");
    expect(keyOf(withFree(999, now, { kubelet: soft }))).toBe('findings.at-risk-now.inodes');
    // On a disk of their own images are not removed for what kubelet's lacks.
    expect(keyOf(withFree(999, now, { kubelet: soft, others: 'another-disk' }))).toBeUndefined();
    expect(keyOf(withFree(999, now, { kubelet: soft, others: 'same-disk' }))).toBe('findings.at-risk-now.inodes');
  });
});

test('past the threshold it is now, with what kubelet wants and what it may take', () => {
  expect(riskFinding(at(90, now))).toMatchObject({
    rule: 'at-risk-now',
    facts: {
      wantedBytes: 4096 * 10_000,
      collectable: [
        'docker.io/calico/node:v3.28.2',
        'docker.io/library/box:1',
        'docker.io/library/old:1',
        'registry.k8s.io/kube-proxy:v1.34.4',
      ],
      images: ['registry.k8s.io/pause:3.6'],
    },
  });
});

test('containerd that keeps images elsewhere: it is the disk there, and unknown where that was not measured', () => {
  const elsewhere = (room: string): FixtureNode => ({ images: (text) => `${node.images!(text)}room ${room}\n` });
  const rulesOf = (room: string) => diagnose(fixture(elsewhere(room))).map(({ rule }) => rule);

  expect(riskFinding(at(40, now, elsewhere('4096 100000 9000 9000 10 9 ab /data/c d')))).toMatchObject({
    rule: 'at-risk-now',
    facts: { usedPercent: 91 },
  });
  expect(riskFinding(at(95, now, elsewhere('4096 100000 60000 60000 10 9 ab /data')))).toBeUndefined();
  expect(rulesOf('- /data/containerd')).toContain('risk-unknown');
});

test('a pin that was there before and is gone', () => {
  const pinned = (collectedAt: string, images: (text: string) => string): Evidence =>
    fixture(
      { runtime: 'containerd-2.4.2', images },
      { collectedAt, uses: [daemonSet('docker.io/calico/node:v3.28.2')] },
    );
  const lost = pinned(now, (text) =>
    text.replace(',io.cri-containerd.pinned=pinned docker.io/calico', ' docker.io/calico'),
  );
  const found = (earlier?: Evidence) => diagnose(lost, earlier).filter(({ rule }) => rule === 'pin-lost');

  expect(found()).toEqual([]);
  expect(found(pinned(dayBefore, (text) => text))).toMatchObject([{ text: { key: 'findings.pin-lost.earlier' } }]);
});
