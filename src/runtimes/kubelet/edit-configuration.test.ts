import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { withKeys } from './edit-configuration.ts';

const values = { containerLogMaxSize: '2Mi', containerLogMaxFiles: 3 };

describe('a KubeletConfiguration', () => {
  test('keeps comments, order and the form of everything else', () => {
    const text =
      '# ours\napiVersion: kubelet.config.k8s.io/v1beta1\ncontainerLogMaxSize: "500Mi"   # too much\n' +
      'evictionHard:\n    nodefs.available: 10%\nclusterDNS:\n- 10.96.0.10';

    expect(withKeys(text, values)).toBe(`${text.replace('"500Mi"', '2Mi')}\ncontainerLogMaxFiles: 3\n`);
  });

  test.each([
    ['JSON', '{"kind": "KubeletConfiguration"}'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['an end that is marked', 'a: 1\n...\n'],
    ['no mapping', '- a\n'],
    ['a broken one', 'a: [1\n'],
    ['a value that is not a scalar', 'containerLogMaxSize: [1]\n'],
    ['an empty value', 'containerLogMaxSize:\na: 1\n'],
    ['a value that others refer to', 'containerLogMaxSize: &size 1Mi\nother: *size\n'],
    ['a mapping that is indented', '  a: 1\n  b: 2\n'],
    ['a key twice', 'containerLogMaxFiles: 2\ncontainerLogMaxFiles: 4\n'],
  ])('%s is left to people', (_, text) => expect(withKeys(text, values)).toBeUndefined());

  test('whatever keys it has, only these two differ', () => {
    const key = fc.stringMatching(/^[a-z][A-Za-z]{2,12}$/);
    const scalar = fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9%]{0,7}$/), fc.nat().map(String));
    const lines = fc.dictionary(key, scalar, { maxKeys: 6 });
    fc.assert(
      fc.property(lines, fc.boolean(), (entries, hasSize) => {
        const text = [...Object.entries(entries), ...(hasSize ? [['containerLogMaxSize', '9Mi']] : [])]
          .map(([name, value]) => `${name}: ${value} # kept\n`)
          .join('');
        const edited = withKeys(`kind: KubeletConfiguration\n${text}`, values) ?? '';

        expect(parse(edited)).toEqual({ ...(parse(`kind: KubeletConfiguration\n${text}`) as object), ...values });
        expect(edited.split('# kept').length).toBe(text.split('# kept').length);
      }),
    );
  });
});
