import { expect, test } from 'vitest';
import type { ClusterRun, NodeRun } from '../../engine/history.ts';
import type { RunSummary } from '../../engine/run-journal.ts';
import { historyRows } from './history-rows.ts';

const node = (run: string, name: string, ...phases: NodeRun['phases']): NodeRun => ({
  run,
  node: name,
  owner: 'kim@a',
  startedAt: '',
  phases,
});
const cluster = (run: string, state: ClusterRun['state'], ...phases: ClusterRun['phases']): ClusterRun => ({
  run,
  owner: 'lee@b',
  startedAt: '',
  nodes: 0,
  state,
  phases,
});

test.each<readonly [ClusterRun['state'], ClusterRun['phases'], string]>([
  ['going', ['applied', 'already'], 'done'],
  ['going', ['applied', 'applying'], 'unfinished'],
  ['going', ['applied', 'planned'], 'unfinished'],
  ['taking-back', ['undone', 'planned'], 'undone'],
  ['taking-back', ['undone', 'already'], 'undone'],
  ['taking-back', ['applied', 'undone'], 'done'],
  ['taking-back', ['undoing', 'undone'], 'unfinished'],
])('of the cluster: %s, %j is %s', (state, phases, expected) => {
  expect(historyRows([], [], [cluster('r', state, ...phases)])).toMatchObject([
    { state: expected, objects: phases.length, nodes: 0, owner: 'lee@b' },
  ]);
});

test('what nodes and cluster know of one run is one row; what this machine knows is its own', () => {
  const here = {
    run: 'c',
    kind: 'apply',
    state: 'ended',
    verdict: 'done',
    nodes: ['x'],
    objects: ['team/Deployment/web'],
    owner: 'me',
  } as unknown as RunSummary;
  const rows = historyRows(
    [here],
    [node('b', 'w-1', 'committed'), node('b', 'w-2', 'committed'), node('a', 'w-1', 'undone')],
    [cluster('b', 'going', 'applying'), cluster('c', 'going', 'applying')],
  );

  expect(rows).toEqual([
    { run: 'c', kind: 'apply', state: 'done', nodes: 1, objects: 1, owner: 'me' },
    { run: 'b', kind: 'apply', state: 'unfinished', nodes: 2, objects: 1, owner: 'kim@a, lee@b' },
    { run: 'a', kind: 'apply', state: 'undone', nodes: 1, objects: 0, owner: 'kim@a' },
  ]);
});
