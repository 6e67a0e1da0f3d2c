import { describe, expect, test } from 'vitest';
import { languages } from '../../locales/language.ts';
import { createTranslator } from '../../locales/translator.ts';
import { diagnose } from './diagnose.ts';
import { containerLogs } from './problem.ts';
import { node, type NodeParts } from './testing/node.ts';
import { evidenceOf } from './testing/fixture.ts';

const timedOut = { state: 'unknown', reason: 'timed-out', detail: 'over its time' } as const;
const without = (...sections: readonly string[]): NodeParts => ({
  sections: Object.fromEntries(sections.map((name) => [name, timedOut])),
});
const said = (parts: NodeParts): readonly string[] =>
  diagnose(evidenceOf([node(parts)])).map(({ status, text }) => `${status} ${text.key.replace('findings.', '')}`);

describe('what could not be seen of a node', () => {
  test('the disk: whether a log fits beside its copy is not known, so the rule is not said to be well', () => {
    expect(said({})).toEqual(['pass rule-ok']);
    expect(said(without('disk/room'))).toEqual(['unknown rule-unknown.parts']);
  });

  test('the growth of logs: the rule is well, and the forecast is not known', () => {
    expect(said(without('container-logs/growth'))).toEqual(['pass rule-ok', 'unknown rule-unknown.parts']);
  });

  test('what else takes up room: no verdict is made from it', () => {
    expect(said(without('disk/use'))).toEqual(['pass rule-ok']);
  });

  test('several parts are told in one sentence, with their names', () => {
    const found = diagnose(evidenceOf([node(without('disk/room', 'container-logs/growth'))]));

    expect(found.map(({ text }) => text.params)).toEqual([{ sections: 'disk/room, container-logs/growth' }]);
    for (const language of languages) {
      const { text } = createTranslator(language, containerLogs.texts[language]);
      expect(text('findings.rule-unknown.parts', { sections: 'disk/room, container-logs/growth' })).toContain(
        'disk/room, container-logs/growth',
      );
    }
  });

  test('a part that says itself why is not told twice', () => {
    expect(said(without('docker/daemon'))).toEqual(['unknown daemon-unknown']);
  });
});
