import { expect, test } from 'vitest';
import { askedKeys, literals, withoutComments } from './used-keys.ts';

const asked = (source: string): readonly string[] => askedKeys(source).map(({ written }) => written);

test('finds what t is asked for: literals, both sides of a condition, templates', () => {
  expect(
    asked(
      "t('a.one'); texts.t(x ? 'a.two' : 'a.three', { nodes: t('a.four', { count: f('no', 2) }) }); english.t(`a.${kind}.five`)",
    ),
  ).toEqual(['a.one', 'a.two', 'a.three', 'a.four', 'a.${kind}.five']);
});

test('does not take other calls, values or comments for it', () => {
  expect(asked("format('a.b'); t(key, 'c.d'); const s = fact('e.f');\n // t('g.h')\n/* t('i.j') */ ")).toEqual([]);
});

test('a template stands for the keys it can become, and never for all', () => {
  const [template] = literals('`run.step.${name}`');
  const [every] = literals('`${a}.${b}`');

  expect(template?.matches('run.step.verify')).toBe(true);
  expect(template?.matches('run.kind.apply')).toBe(false);
  expect(every?.matches('run.step.verify')).toBe(false);
});

test('comments are no use of a key', () => {
  expect(withoutComments("a /* 'x' */ b\n  // 'y'\nc")).toBe('a  b\n\nc');
});
