import { expect, test } from 'vitest';
import { createPaint } from './paint.ts';
import { renderColumns } from './columns.ts';
import { displayWidth } from './width.ts';

const columns = [{ header: '이름' }, { header: 'BYTES', align: 'right' }, { header: 'CAUSE', atLeast: 8 }] as const;
const rows = [
  [{ text: 'worker-1' }, { text: '1.5 GiB' }, { text: '로그가 커집니다', tone: 'fail' }],
  [{ text: '노드-2' }, { text: '7 B' }, { text: 'a long cause that does not fit here' }],
] as const;
const plain = createPaint(false);

test('columns are as wide as their widest cell, whatever the script', () => {
  expect(renderColumns(columns, rows, plain, undefined)).toEqual([
    '이름        BYTES  CAUSE',
    'worker-1  1.5 GiB  로그가 커집니다',
    '노드-2        7 B  a long cause that does not fit here',
  ]);
});

test('a narrow terminal cuts only what may be cut', () => {
  expect(renderColumns(columns, rows, plain, 31)).toEqual([
    '이름        BYTES  CAUSE',
    'worker-1  1.5 GiB  로그가 커집…',
    '노드-2        7 B  a long caus…',
  ]);
  const narrow = renderColumns(columns, rows, plain, 10);
  expect(Math.max(...narrow.map(displayWidth))).toBe(8 + 2 + 7 + 2 + 8);
});

test('colour does not move a column', () => {
  const coloured = renderColumns(columns, rows, createPaint(true), 31);

  expect(coloured.map(displayWidth)).toEqual(renderColumns(columns, rows, plain, 31).map(displayWidth));
  expect(coloured[1]).toContain('\u001b[31m');
});

test('a cell stays on its line', () => {
  expect(renderColumns([{ header: 'A' }], [[{ text: 'x\ny' }]], plain, 80)).toEqual(['A', String.raw`x\ny`]);
});

test('a column that can be missed goes before the terminal has to wrap', () => {
  const three = [{ header: 'NAME' }, { header: 'RUNTIME', optional: true }, { header: 'STATE' }] as const;
  const row = [[{ text: 'worker-1' }, { text: 'docker://20.10' }, { text: 'running' }]];

  expect(renderColumns(three, row, plain, 33)).toEqual([
    'NAME      RUNTIME         STATE',
    'worker-1  docker://20.10  running',
  ]);
  expect(renderColumns(three, row, plain, 32)).toEqual(['NAME      STATE', 'worker-1  running']);
  expect(renderColumns(three, row, plain, undefined)[0]).toContain('RUNTIME');
});
