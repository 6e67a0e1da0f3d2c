import { expect, test } from 'vitest';
import { oneLine } from './one-line.ts';

test.each([
  ['two\r\nlines.', 'two lines'],
  ['\u001b[2Jx', '[2Jx'],
  ['a\u200eb', 'a\\u200eb'],
  ['a\u200fb', 'a\\u200fb'],
  ['a\u061cb', 'a\\u061cb'],
])('a server’s %j is told in one line', (text, told) => expect(oneLine(text)).toBe(told));

test('and not without end', () => expect(oneLine('x'.repeat(1000))).toHaveLength(400));
