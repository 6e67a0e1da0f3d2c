import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problems } from '../../problems/testing/all-problems.ts';
import type { Fact } from '../fact.ts';
import { composeProbe, identityKey } from './compose.ts';
import prelude from './prelude.sh?raw';

const fact = (key: string, needs: readonly Fact[] = []): Fact => ({
  key,
  script: `# Explained.\nsection ${key} 5 1000 true\n`,
  needs,
  parse: () => undefined,
});
const base = fact('z/base');
const list = fact('a/list', [base]);
const sizes = fact('m/sizes');
const catalogue = problems.flatMap(({ facts }) => facts);

describe('composeProbe', () => {
  test('sends each fact once, with what it needs before it', () => {
    expect(composeProbe([list, sizes, sizes, base]).sections).toEqual(['m/sizes', 'z/base', 'a/list']);
    expect(composeProbe([list]).sections).toEqual(['z/base', 'a/list']);
  });

  test('in one order, whatever else is asked for', () => {
    const all = composeProbe(catalogue);
    fc.assert(
      fc.property(fc.shuffledSubarray([...catalogue]), (asked) => {
        const { sections, script } = composeProbe(asked);

        expect(sections).toEqual(all.sections.filter((key) => sections.includes(key)));
        // The prelude has its own, and what is learnt beforehand is not sent.
        const called = [...script.matchAll(/^section (\S+) /gm)].map(([, key]) => key);
        expect(called.filter((key) => key !== identityKey && key !== '-')).toEqual(sections);
      }),
    );
  });

  test('a problem alone sends what it declares and what that needs', () => {
    for (const { facts } of problems) {
      const needed = (one: Fact): readonly string[] => [one.key, ...(one.needs ?? []).flatMap(needed)];

      expect(new Set(composeProbe(facts).sections)).toEqual(new Set(facts.flatMap(needed)));
    }
  });

  test('is one command, which a shell does not begin before it has all of it', () => {
    const { script } = composeProbe([list]);
    const half = script.slice(0, script.lastIndexOf('}'));
    const result = spawnSync('/bin/sh', ['-s', 'marker', '10'], { input: half, encoding: 'utf8' });

    expect(result.status).not.toBe(0);
    expect(result.stdout).toBe('');
  });

  test('is valid for a shell with nothing, something and everything', () => {
    for (const facts of [[], [list], catalogue]) {
      const result = spawnSync('/bin/sh', ['-n', '-c', composeProbe(facts).script], { encoding: 'utf8' });

      expect(result).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('leaves the explanations at home, and no line of code', () => {
    const { script } = composeProbe(catalogue);
    const codeOf = (text: string): readonly string[] =>
      text
        .split('\n')
        .map((line) => line.replace(/^[ \t]+/, ''))
        .filter((line) => line !== '' && !line.startsWith('#'));

    expect(script).not.toMatch(/^\s*#/m);
    for (const text of [prelude, ...catalogue.map((one) => one.script)])
      expect(script).toContain(`\n${codeOf(text).join('\n')}\n`);
    // What begins with # would be the text of a here-document, and no explanation.
    for (const text of [prelude, ...catalogue.map((one) => one.script)])
      expect([...text.matchAll(/<<(\w+)\n(.*?)\n\1$/gms)].filter(([, , body]) => /^\s*#/m.test(body ?? ''))).toEqual(
        [],
      );
  });

  test.each(['a b', '$(reboot)', "a';reboot", '', 'A/b', '-a/b', 'a', 'a/b/c'])(
    'takes no name that could be shell text: %j',
    (key) => expect(() => composeProbe([fact(key)])).toThrow('cannot name a fact'),
  );

  test('two facts of one name are a fault of ours', () => {
    expect(() => composeProbe([fact('a/b'), fact('a/b')])).toThrow('two facts are called a/b');
  });
});
