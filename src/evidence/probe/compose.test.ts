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
const withoutQuoted = ({ key, script, shared = [] }: Fact): Pick<Fact, 'key' | 'script' | 'shared'> => {
  const [own = '', ...others] = [script, ...shared].map((text) =>
    text.replaceAll(/^\s*#.*$/gm, '').replaceAll(/'[^']*'/g, "''"),
  );
  return { key, script: own, shared: others };
};
const catalogue = problems.flatMap(({ facts, planFacts = [] }) => [...facts, ...planFacts]);

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

  test('what is run ahead is a function that stands before it, and is sent in its turn', () => {
    const ahead: Fact = {
      ...fact('b/ahead'),
      ahead: true,
      script: 'b_ahead() { echo here; }\nsection b/ahead 5 100 b_ahead\n',
    };
    const { script, sections } = composeProbe([list, ahead]);
    const [defined, learnt, sent] = ['b_ahead() {', 'section - 3', 'section b/ahead 5'].map((text) =>
      script.indexOf(text),
    );

    expect(sections).toEqual(['b/ahead', 'z/base', 'a/list']);
    expect(script).toContain("\nnm_run_ahead='b_ahead'\n");
    expect(defined).toBeGreaterThan(0);
    expect(learnt).toBeGreaterThan(defined!);
    expect(sent).toBeGreaterThan(learnt!);
    for (const call of [
      'section b/ahead 5 100 b_ahead word',
      'section b/ahead 5 100 b_ahead\nrm x',
      'section c/other 5 100 b_ahead',
    ])
      expect(() => composeProbe([{ ...ahead, script: `b_ahead() { :; }\n${call}\n` }]), call).toThrow('b/ahead');
  });

  test('what the catalogue runs ahead returns, and has no program put in its place', () => {
    const facts = [...new Set(catalogue)].filter(({ ahead }) => ahead);

    expect(facts.length).toBeGreaterThan(5);
    // Programs of awk stand between single quotes, and so does a script that one of them looks for.
    for (const { key, script, shared = [] } of facts.map((one) => withoutQuoted(one)))
      expect([script, ...shared].join('\n'), key).not.toMatch(/(?:^|[;&|{(]|then|else|do)\s*(?:exec|exit)\s+[^>2]/mu);
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
    // The call of what is run ahead stands apart from the rest of it.
    const texts = catalogue.flatMap((one) => (one.ahead ? one.script.split(/^(?=section )/m) : [one.script]));
    for (const text of [prelude, ...texts]) expect(script).toContain(`\n${codeOf(text).join('\n')}\n`);
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
