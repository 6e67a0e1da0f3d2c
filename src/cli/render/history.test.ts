import { expect, test } from 'vitest';
import { renderHistory } from './history.ts';
import type { HistoryRow } from '../../app/runs/history-rows.ts';
import { contextOf } from './fixtures/sample-context.ts';

const row: HistoryRow = {
  run: '20261124-0931-container-logs-7f3a',
  kind: 'apply',
  state: 'done',
  nodes: 200,
  objects: 0,
  owner: 'kim@laptop.example.com',
};
const rows = [
  row,
  { ...row, run: '20261124-0915-container-logs-9a0b', kind: 'undo', state: 'stopped-and-restored', nodes: 3 },
  { ...row, run: '20261123-2300-container-logs-77aa', state: 'unfinished', owner: 'ops' },
] as const;

test('English and Korean, in their columns', () => {
  expect(renderHistory(rows, contextOf('en', 120))).toMatchInlineSnapshot(`
    "RUN                                KIND   STATE       NODES  BY
    20261124-0931-container-logs-7f3a  apply  done          200  kim@laptop.example.com
    20261124-0915-container-logs-9a0b  undo   stopped         3  kim@laptop.example.com
    20261123-2300-container-logs-77aa  apply  unfinished    200  ops
    "
  `);
  expect(renderHistory(rows, contextOf('ko', 120))).toMatchInlineSnapshot(`
    "실행 ID                            종류      상태    노드  실행자
    20261124-0931-container-logs-7f3a  적용      완료     200  kim@laptop.example.com
    20261124-0915-container-logs-9a0b  되돌리기  중지       3  kim@laptop.example.com
    20261123-2300-container-logs-77aa  적용      미완료   200  ops
    "
  `);
});

test('80 columns', () => {
  expect(renderHistory(rows, contextOf('en'))).toMatchInlineSnapshot(`
    "RUN                                KIND   STATE       NODES  BY
    20261124-0931-container-logs-7f3a  apply  done          200  kim@laptop.example…
    20261124-0915-container-logs-9a0b  undo   stopped         3  kim@laptop.example…
    20261123-2300-container-logs-77aa  apply  unfinished    200  ops
    "
  `);
});

test('none', () => {
  expect(renderHistory([], contextOf('en'))).toBe('No runs found.\n');
  // Nobody else was asked.
  expect(renderHistory([], contextOf('en'), 'here')).toContain('nodemend history --from-nodes --via ssh');
});
