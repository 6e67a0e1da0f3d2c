import { expect, test } from 'vitest';
import type { LabNodeStatus } from '../../../lab/lab-status.ts';
import { renderLabGroups, renderLabNodes } from './lab-nodes.ts';
import { contextOf } from './fixtures/sample-context.ts';

const node = (index: number, kind: 'default' | 'app', running = true): LabNodeStatus => ({
  name: `practice-${kind}-worker-node-${index}`,
  group: `${kind}-worker`,
  address: `127.77.1.${index + 1}`,
  port: 2222,
  user: kind === 'app' ? 'ubuntu' : 'centos',
  runtime: kind === 'app' ? 'containerd://1.7.12' : 'docker://20.10.24',
  running,
});
const few = [node(0, 'default'), node(1, 'default', false), node(0, 'app')];

test('a line for each kind of node', () => {
  const many = [
    ...Array.from({ length: 150 }, (_, index) => node(index, 'default')),
    ...Array.from({ length: 150 }, (_, index) => node(index, 'app', index !== 7)),
  ];

  expect(renderLabGroups(many, contextOf('en'))).toMatchInlineSnapshot(`
    "NODES                                 RUNTIME              STATE
    practice-default-worker-node-[0-149]  docker://20.10.24    running
    practice-app-worker-node-[0-6,8-149]  containerd://1.7.12  running
    practice-app-worker-node-7            containerd://1.7.12  stopped
    "
  `);
  expect(renderLabGroups(few, contextOf('ko', 60))).toMatchInlineSnapshot(`
    "노드                            런타임               상태
    practice-default-worker-node-0  docker://20.10.24    실행 중
    practice-default-worker-node-1  docker://20.10.24    중지됨
    practice-app-worker-node-0      containerd://1.7.12  실행 중
    "
  `);
});

test('a line for each node; its name and its login are never cut', () => {
  expect(renderLabNodes(few, contextOf('en', 100))).toMatchInlineSnapshot(`
    "NAME                            LOGIN                   RUNTIME              STATE
    practice-default-worker-node-0  centos@127.77.1.1:2222  docker://20.10.24    running
    practice-default-worker-node-1  centos@127.77.1.2:2222  docker://20.10.24    stopped
    practice-app-worker-node-0      ubuntu@127.77.1.1:2222  containerd://1.7.12  running
    "
  `);
  expect(renderLabNodes(few, contextOf('en', 80))).toMatchInlineSnapshot(`
    "NAME                            LOGIN                   STATE
    practice-default-worker-node-0  centos@127.77.1.1:2222  running
    practice-default-worker-node-1  centos@127.77.1.2:2222  stopped
    practice-app-worker-node-0      ubuntu@127.77.1.1:2222  running
    "
  `);
  expect(renderLabNodes(few, contextOf('en', 40))).toContain('practice-default-worker-node-0  centos@127.77.1.1:2222');
});
