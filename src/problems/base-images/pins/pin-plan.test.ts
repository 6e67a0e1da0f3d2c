import { expect, test } from 'vitest';
import type { Evidence } from '../../../evidence/evidence.ts';
import type { PinRequest } from '../../../images/pins/pin-request.ts';
import { copiesOf, nameOfHold } from '../../../images/pins/image-hold.ts';
import { someHold } from '../../../images/pins/testing/some-hold.ts';
import { actionSchema } from '../../../actions/action-kinds.ts';
import { clusterActionSchema } from '../../../actions/cluster-action-kinds.ts';
import type { ProblemPlan } from '../../problem.ts';
import { diagnose } from '../diagnose.ts';
import { plan } from '../plan.ts';
import { states } from '../testing/fixture-states.ts';
import { daemonSet, fixture, nothingRuns, type FixtureNode } from '../testing/fixture.ts';

const pause = 'registry.k8s.io/pause:3.6';
const proxy = 'registry.k8s.io/kube-proxy:v1.34.4';
const modern: FixtureNode = { name: 'new-1', runtime: 'containerd-2.4.2' };
const old: FixtureNode = { name: 'old-1', runtime: 'containerd-1.6.20' };
const docker: FixtureNode = { name: 'docker-1', runtime: 'docker-20.10.24' };

const asked = (evidence: Evidence, operation: PinRequest['operation'], ...images: readonly string[]): ProblemPlan =>
  plan({ evidence, findings: diagnose(evidence), inputs: { pins: { operation, images } } });
const cured = (evidence: Evidence, ...remedies: readonly string[]): ProblemPlan =>
  plan({ evidence, findings: diagnose(evidence), remedies: new Set(remedies) });

/** What each node is to have, and what is said of the others. */
function said({ actions, clusterActions = [], refused }: ProblemPlan): readonly string[] {
  return [
    ...actions.map((action) =>
      action.kind === 'image-pin' ? `${action.operation} ${action.image} on ${action.node}` : '',
    ),
    ...clusterActions.map(({ why: { key, params } }) => `${key} ${params['images']} on ${params['nodes']}`),
    ...refused.map(({ key, params }) => `${key} ${params['images'] ?? params['suggestion'] ?? ''}`),
  ];
}

test('each node in the way that works there: a label where it is honoured, pods where it is not', () => {
  const planned = asked(fixture([modern, old, docker]), 'pin', 'registry.k8s.io/kube-proxy:v1.34.4');

  expect(said(planned)).toEqual([`pin ${proxy} on new-1`, `why.hold ${proxy} on docker-1, old-1`]);
  expect(planned.actions.map(({ partOf: _change, ...action }) => actionSchema.parse(action).kind)).toEqual([
    'image-pin',
  ]);
  expect(planned.clusterActions?.map((action) => clusterActionSchema.parse(action).kind)).toEqual(['manifest']);
});

test('every record of an image gets the label: its tag, and its id', () => {
  const [action] = asked(fixture(modern), 'pin', proxy).actions;

  expect(
    action?.kind === 'image-pin' ? action.records.map(({ name }) => name.replace(/^(sha256:.).*/, '$1')) : [],
  ).toEqual([proxy, 'sha256:e']);
});

test('a record that is pinned already stays whose it is: a pin adds the others, and an unpin takes off no more', () => {
  const tag = / registry\.k8s\.io\/kube-proxy:/;
  const id = / sha256:ed2138b2/;
  const labels = (text: string, record: RegExp, more: string): string =>
    text.replace(new RegExp(`^(record \\S+ \\S+ \\S+)(${record.source})`, 'm'), `$1,${more}$2`);
  const pinned = 'io.cri-containerd.pinned=pinned';
  const recordsOf = ({ actions }: ProblemPlan): readonly string[] =>
    actions.flatMap((action) =>
      action.kind === 'image-pin' ? action.records.map(({ name }) => name.slice(0, 15)) : [],
    );
  // As containerd pins its sandbox image, on the tag and the id.
  const byOthers = fixture({ ...modern, images: (text) => labels(text, tag, pinned) });
  const byBoth = fixture({
    ...modern,
    images: (text) => labels(labels(text, tag, pinned), id, `${pinned},nodemend.dev/run=20261101-0100-abcd`),
  });

  expect(recordsOf(asked(byOthers, 'pin', proxy))).toEqual(['sha256:ed2138b2']);
  expect(recordsOf(asked(byBoth, 'unpin', proxy))).toEqual(['sha256:ed2138b2']);
});

test('with no image named, what a collection may take; what is kept already is left alone', () => {
  const uses = [daemonSet(proxy, { nodes: ['new-1', 'old-1', 'docker-1'] })];
  const evidence = fixture([modern, { ...old, images: nothingRuns }, docker], { uses });

  expect(said(asked(evidence, 'pin'))).toEqual([
    `pin ${proxy} on new-1`,
    `why.hold ${proxy} on docker-1`,
    `why.hold ${proxy}, ${pause} on old-1`,
  ]);
});

test('what is held already is not held again, and what is pinned on each record is not pinned again', () => {
  const held = fixture(old, { holds: [someHold({ images: [proxy], nodes: ['old-1'] })] });

  expect(said(asked(held, 'pin', proxy))).toEqual([]);
  expect(said(asked(fixture(modern), 'pin', 'docker.io/calico/node:v3.28.2'))).toEqual([
    'pin docker.io/calico/node:v3.28.2 on new-1',
  ]);
  expect(said(asked(states['warn-pin-stale']!, 'pin', proxy))).toEqual([]);
});

test('where nothing protects an image, that is said, and so is that there is no such image', () => {
  expect(said(asked(fixture({ ...old, program: 'none not-elf\n' }), 'pin', proxy, 'a.test/none:1'))).toEqual([
    'refused.pin-absent a.test/none:1',
    `refused.pin-impossible.no-program ${proxy}`,
  ]);
  expect(said(asked(fixture({ ...old, withoutApi: true }, 'none'), 'pin', proxy))).toEqual([
    `refused.pin-impossible.no-api ${proxy}`,
  ]);
});

test('of a name that was mistyped it is said which a node has', () => {
  const evidence = fixture([modern, docker]);

  expect(said(asked(evidence, 'pin', 'registry.k8s.io/kube-prxoy:v1.34.4'))).toEqual([
    `refused.near-image ${proxy}`,
    'refused.pin-absent registry.k8s.io/kube-prxoy:v1.34.4',
    `refused.near-image ${proxy}`,
    'refused.pin-absent registry.k8s.io/kube-prxoy:v1.34.4',
  ]);
  expect(said(asked(evidence, 'pin', 'a.test/none:1'))).toEqual([
    'refused.pin-absent a.test/none:1',
    'refused.pin-absent a.test/none:1',
  ]);
});

test('the remedy is named, and then what is at risk and what has lost its pin is pinned', () => {
  const atRisk = fixture({ ...old, images: nothingRuns, used: 90 });

  expect(said(cured(atRisk))).toEqual(['refused.pin-opt-in ']);
  expect(said(cured(atRisk, 'pin-images'))).toEqual([`why.hold ${pause} on old-1`]);
  expect(said(cured(states['warn-pin-lost']!, 'pin-images'))).toEqual([`pin ${pause} on worker-1`]);
  expect(said(cured(states['warn-pin-lost-mislabelled']!, 'pin-images'))).toEqual([
    'pin docker.io/library/old:1 on worker-1',
  ]);
});

test('what an edited DaemonSet was made to hold is held beside it; then it is left to who edited it', () => {
  const held = someHold({ images: [proxy], nodes: ['old-1', 'other-1'] });
  const cluster = {
    uses: [daemonSet(proxy, { nodes: ['old-1'] })],
    edited: (text: string) => text.replace('"Never"', '"Always"'),
  };
  const evidence = fixture(old, { ...cluster, holds: [held] });
  const planned = cured(evidence, 'pin-images');

  expect(said(cured(evidence))).toEqual(['refused.pin-opt-in ']);
  expect(said(planned)).toEqual([`why.hold ${proxy} on old-1`]);
  expect(said(asked(evidence, 'pin'))).toEqual(said(planned));
  const [action] = planned.clusterActions ?? [];
  expect(action).toMatchObject({ kind: 'manifest', from: 'absent', cures: [expect.any(String)] });
  expect(clusterActionSchema.parse(action)).toEqual(action);
  expect(action?.id).not.toContain(nameOfHold(held));
  // As it is once that was carried out.
  const copy = someHold({ images: [proxy], nodes: ['old-1'], copy: 1 });
  const after = fixture(old, {
    ...cluster,
    holds: [held, copy],
    edited: (text) => (text.includes(`"name":"${nameOfHold(held)}"`) ? cluster.edited(text) : text),
  });
  expect(diagnose(after).map(({ rule }) => rule)).toContain('hold-edited');
  expect(cured(after, 'pin-images')).toMatchObject({
    actions: [],
    refused: [{ key: 'refused.hold-edited', params: { name: nameOfHold(held) } }],
  });
});

test('a hold that is gone altogether is told where it was there before', () => {
  const now = fixture({ ...old, images: nothingRuns }, { uses: [daemonSet(proxy, { nodes: ['old-1'] })] });
  const before = fixture(old, { holds: [someHold({ images: [proxy, 'a.test/unneeded:1'], nodes: ['old-1'] })] });
  const lost = (earlier?: Evidence) => diagnose(now, earlier).filter(({ rule }) => rule === 'pin-lost');

  expect(lost()).toEqual([]);
  expect(lost(before)).toMatchObject([{ text: { key: 'findings.pin-lost.earlier', params: { images: proxy } } }]);
  expect(lost(now)).toEqual([]);
});

test('stale pins are taken off, labels and pods alike; those of others are not', () => {
  const [label, hold] = [states['warn-pin-stale']!, states['warn-pin-stale-held']!];

  expect(said(cured(label, 'unpin-images'))).toEqual([`unpin ${proxy} on worker-1`]);
  expect(said(cured(hold, 'unpin-images'))).toEqual([`why.release ${proxy} on worker-1`]);
  expect(said(asked(label, 'unpin'))).toEqual(said(cured(label, 'unpin-images')));
  expect(said(asked(label, 'unpin', 'docker.io/calico/node:v3.28.2'))).toEqual([
    'refused.unpin-not-ours docker.io/calico/node:v3.28.2',
  ]);
  expect(said(asked(label, 'unpin', 'docker.io/library/box:1', 'a.test/none:1'))).toEqual([
    'refused.unpin-not-ours docker.io/library/box:1',
    'refused.unpin-not-pinned a.test/none:1',
  ]);
  // What is not pinned is as it was asked for; what others pinned is left to a person.
  expect(asked(label, 'unpin', 'a.test/none:1').refused).toMatchObject([{ optional: true }]);
  expect(asked(label, 'unpin', 'docker.io/library/box:1').refused).not.toMatchObject([{ optional: true }]);
});

test('a pin is not stale where it is not known who needs the image', () => {
  const { cluster, ...rest } = states['warn-pin-stale']!;
  if (cluster.state !== 'seen') throw new Error('there is a cluster');
  const { pods: _pods, ...others } = cluster.value;
  const unknown = { state: 'unknown', reason: 'forbidden', detail: '' } as const;
  const lost: Evidence = { ...rest, cluster: { state: 'seen', value: { ...others, pods: unknown } } };

  expect(diagnose(lost).filter(({ rule }) => rule === 'pin-stale')).toEqual([]);
});

test('where all that could hold an image were edited, that is said, and nothing is planned in silence', () => {
  const own = someHold({ images: [proxy], nodes: ['old-1'] });
  const holds = copiesOf(own);
  const edited = (text: string): string => text.replaceAll('"readOnly":true', '"readOnly":false');
  const evidence = fixture(old, { holds, edited });

  expect(said(asked(evidence, 'pin', proxy))).toEqual([`refused.pin-impossible.names-taken ${proxy}`]);
  expect(said(asked(fixture(old, { holds: holds.slice(1), edited }), 'pin', proxy))).toEqual([
    `why.hold ${proxy} on old-1`,
  ]);
});
