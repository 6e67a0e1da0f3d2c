import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { baseKey, sourceFiles, textFiles } from '../../test/texts/text-files.ts';
import { askedKeys, literals, withoutComments } from '../../test/texts/used-keys.ts';

const files = textFiles();
const sources = sourceFiles(false);

/** Keys of the shell as `t` takes them; context forms (`cause_near`) belong to errors only. */
const shellKeys = new Set(
  files
    .filter(({ name }) =>
      [
        'cli',
        'commands',
        'doctor',
        'guide',
        'images',
        'objects',
        'pull-secret',
        'rate-limit',
        'reboot',
        'schedule',
      ].includes(name),
    )
    .flatMap(({ texts }) => [...texts.en.keys()].map(baseKey)),
);
const problemKeys = files
  .filter(({ name }) => name.startsWith('problems/'))
  .flatMap(({ name, texts }) => [...texts.en.keys()].map((key) => `${name.replace('/', '.')}.${baseKey(key)}`));

test('every text that is asked for is there', () => {
  const known = [...shellKeys, ...problemKeys];
  const missing = sources
    .filter(({ path }) => path.startsWith('src/cli/') || path.startsWith('lab/'))
    .flatMap(({ path, text }) => askedKeys(text).map((key) => ({ path, key })))
    .filter(
      ({ key }) =>
        !key.written.startsWith('problems.') && key.written.includes('.') && !known.some((one) => key.matches(one)),
    );

  expect(missing.map(({ path, key }) => `${path}: ${key.written}`)).toEqual([]);
});

test('no text of the shell is left over', () => {
  const used = sources
    .filter(({ path }) => !path.startsWith('src/problems/'))
    .flatMap(({ text }) => literals(withoutComments(text)));
  // Doctor's rows add `doctor.` to the keys they name, commands add `command.`.
  const unused = [...shellKeys].filter(
    (key) => !used.some((one) => one.matches(key) || one.matches(key.replace(/^doctor\./, ''))),
  );

  expect(unused).toEqual([]);
});

test('no text of a problem or of a kind of action is left over', () => {
  // Why a rule spoke may be a reason of what was read: logrotate's complaint, docker's fault, what fills a disk.
  const reasons = new Set(sources.flatMap(({ text }) => literals(withoutComments(text)).map(({ written }) => written)));
  const probes = readdirSync('src/runtimes')
    .filter((path) => path.endsWith('.sh'))
    .map((path) => readFileSync(`src/runtimes/${path}`, 'utf8'));
  const isReason = (why: string): boolean => reasons.has(why) || probes.some((text) => text.includes(why));
  const unused = files
    .filter(({ name }) => /^(?:problems|actions)\//.test(name))
    .flatMap(({ name, texts }) => {
      const code = sources
        .filter(({ path }) => path.startsWith(`src/${name}/`))
        .map(({ text }) => withoutComments(text));
      const used = code.flatMap(literals);
      // Keys are put together from a rule and why it spoke; a fact's label is found by the fact's own name.
      const isUsed = (key: string): boolean => {
        // Said by the command line for every problem: what its commands and the inputs of its remedies are for, and what has
        // to wait until a node has joined.
        if (/^(?:command|inputs|notAtFirstBoot)\./u.test(key)) return true;
        const last = key.split('.').at(-1) ?? key;
        if (key.startsWith('facts.') && code.some((text) => new RegExp(String.raw`\b${last}\b`).test(text)))
          return true;
        // What rules there are is held by their table (problems.test.ts).
        if (/^findings\.[\w-]+$/.test(key) || (key.startsWith('findings.') && isReason(last))) return true;
        return used.some((one) => one.matches(key) || one.matches(last));
      };
      return [...new Set([...texts.en.keys()].map(baseKey))]
        .filter((key) => !isUsed(key))
        .map((key) => `${name}: ${key}`);
    });

  expect(unused).toEqual([]);
});
