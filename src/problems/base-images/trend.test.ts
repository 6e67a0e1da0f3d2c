import { expect, test } from 'vitest';
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
