import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/runs.ts';
import { readGcfg } from './read-gcfg.ts';
import { readSwitch, spliced, switchOn, unspliced } from './switch.ts';
import { anyConfiguration } from './testing/configurations.ts';

const rescan = { section: 'BlockStorage', name: 'rescan-on-resize' };

interface Said {
  readonly rescan: boolean;
  readonly version: string;
  readonly global: Readonly<Record<string, string>>;
}

/** What cinder-csi-plugin makes of a file, as `testbed/oracles/gcfg/main.go` has it make it, out of our own reading. */
function meaning(text: string): Said | 'refused' {
  const configuration = readGcfg(text);
  const state = readSwitch(text, rescan);
  if (configuration === undefined || state === undefined) return 'refused';
  const global: Record<string, { username: string; password: string }> = {};
  let version = '';
  const isCalled = (name: string, wanted: RegExp): boolean => wanted.test(name);
  for (const { section, subsection } of configuration.headers)
    if (isCalled(section, /^global$/iu)) global[subsection] ??= { username: '', password: '' };
  for (const { section, subsection, name, value } of configuration.variables) {
    const own = isCalled(section, /^global$/iu) ? global[subsection] : undefined;
    const field = /^username$/iu.test(name) ? 'username' : /^password$/iu.test(name) ? 'password' : undefined;
    if (own && field) {
      if (value === undefined) return 'refused';
      own[field] = value;
    } else if (isCalled(section, /^blockstorage$/iu) && subsection === '' && /^bs-version$/iu.test(name)) {
      if (value === undefined) return 'refused';
      version = value;
    }
  }
  const said = Object.entries(global).map(([name, { username, password }]) => [name, `${username}\x1f${password}`]);
  return { rescan: state === 'on', version, global: Object.fromEntries(said) as Said['global'] };
}

test('gcfg itself reads 2,000 configurations as we do, and refuses those that we do', () => {
  const recorded = readFileSync(join(import.meta.dirname, 'fixtures/gcfg.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const cases = recorded.map((line) => JSON.parse(line) as readonly [string, Said | 'refused']);
  const wrong = cases.filter(([text, said]) => JSON.stringify(sorted(meaning(text))) !== JSON.stringify(sorted(said)));

  expect(cases.length).toBeGreaterThan(1_500);
  expect(cases.filter(([, said]) => said !== 'refused').length).toBeGreaterThan(300);
  expect(wrong.slice(0, 5).map(([text, said]) => ({ text, said, ours: meaning(text) }))).toEqual([]);
});

function sorted(said: Said | 'refused'): unknown {
  if (said === 'refused') return said;
  const global = Object.entries(said.global).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [said.rescan, said.version, global];
}

describe('switching on', () => {
  test.each([
    ['[BlockStorage]\nbs-version=v3\n', '[BlockStorage]\nrescan-on-resize=true\nbs-version=v3\n'],
    ['[Global]\npassword=x\n', '[Global]\npassword=x\n[BlockStorage]\nrescan-on-resize=true\n'],
    ['[Global]\npassword=x', '[Global]\npassword=x\n[BlockStorage]\nrescan-on-resize=true\n'],
    ['[Global]\r\npassword=x\r\n', '[Global]\r\npassword=x\r\n[BlockStorage]\r\nrescan-on-resize=true\r\n'],
    ['[BlockStorage] # last', '[BlockStorage] # last\nrescan-on-resize=true\n'],
    ['', '[BlockStorage]\nrescan-on-resize=true\n'],
    ['[blockstorage]\nRescan-on-resize = "no" ; why\n', '[blockstorage]\nRescan-on-resize = true ; why\n'],
    ['[BlockStorage]\nrescan-on-resize=true\nrescan-on-resize=false', undefined],
  ])('%j', (before, after) => {
    const splice = switchOn(before, rescan);
    const expected = after ?? '[BlockStorage]\nrescan-on-resize=true\nrescan-on-resize=true';

    expect(splice && spliced(before, splice)).toBe(expected);
    expect(splice && unspliced(expected, splice, rescan)).toBe(before);
  });

  test.each([
    ['it is on', '[BlockStorage]\nrescan-on-resize\n'],
    ['a file that gcfg refuses', '[BlockStorage]\nrescan-on-resize=maybe\n'],
    ['an end that would take the header into a value', '[Global]\npassword=x\\\n'],
  ])('not where %s', (_name, text) => expect(switchOn(text, rescan)).toBeUndefined());

  test('of any configuration nothing else changes, and it comes back to the byte', () => {
    fc.assert(
      fc.property(anyConfiguration, (text) => {
        const splice = switchOn(text, rescan);
        if (splice === undefined) return;
        const after = spliced(text, splice);
        const [was, is] = [meaning(text), meaning(after)];

        expect(is).toEqual(was === 'refused' ? 'refused' : { ...was, rescan: true });
        expect(unspliced(after, splice, rescan)).toBe(text);
        expect(switchOn(after, rescan)).toBeUndefined();
      }),
      { numRuns: runs(2_000) },
    );
  });

  test('what somebody changed since is not taken for ours', () => {
    const before = '[Global]\npassword=x\n';
    const splice = switchOn(before, rescan)!;
    const after = spliced(before, splice);

    expect(unspliced(after.replace('true', 'yes'), splice, rescan)).toBeUndefined();
    expect(unspliced(`# theirs\n${after}`, splice, rescan)).toBeUndefined();
    expect(unspliced(`${after}rescan-on-resize=false\n`, splice, rescan)).toBeUndefined();
  });
});
