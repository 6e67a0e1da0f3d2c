import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { kubeletHasLimits } from './kubelet-has-limits.ts';
import { parseQuantity, quantityText } from '../../../runtimes/kubelet/quantity.ts';
import { withUserArgs } from '../../../runtimes/kubelet/user-args.ts';
import { wantedLimits } from './wanted-limits.ts';
import { withLimits } from '../../../runtimes/kubelet/with-limits.ts';

const values = { containerLogMaxSize: '2Mi', containerLogMaxFiles: 3 };

describe('quantities', () => {
  test.each([
    ['10Mi', 10_485_760],
    ['50M', 50_000_000],
    ['1e3', 1000],
    ['1E3', 1000],
    ['2E', 2e18],
    ['1.5Gi', 1_610_612_736],
    ['.5k', 500],
    ['100m', 1],
    ['-1', -1],
    ['0', 0],
  ])('%s', (text, bytes) => expect(parseQuantity(text)).toBe(bytes));

  test.each(['', 'Mi', '10 Mi', '10MiB', '10mb', '1e', '0x10', '10Mi\n'])('%j is none', (text) =>
    expect(parseQuantity(text)).toBeUndefined(),
  );

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.nat(), (bytes) => {
        expect(parseQuantity(quantityText(bytes))).toBe(bytes);
      }),
    );
  });
});

describe('a KubeletConfiguration', () => {
  test('keeps comments, order and the form of everything else', () => {
    const text =
      '# ours\napiVersion: kubelet.config.k8s.io/v1beta1\ncontainerLogMaxSize: "500Mi"   # too much\n' +
      'evictionHard:\n    nodefs.available: 10%\nclusterDNS:\n- 10.96.0.10';

    expect(withLimits(text, values)).toBe(`${text.replace('"500Mi"', '2Mi')}\ncontainerLogMaxFiles: 3\n`);
  });

  test.each([
    ['JSON', '{"kind": "KubeletConfiguration"}'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['an end that is marked', 'a: 1\n...\n'],
    ['no mapping', '- a\n'],
    ['a broken one', 'a: [1\n'],
    ['a value that is no scalar', 'containerLogMaxSize: [1]\n'],
    ['an empty value', 'containerLogMaxSize:\na: 1\n'],
    ['a value that others refer to', 'containerLogMaxSize: &size 1Mi\nother: *size\n'],
    ['a mapping that is indented', '  a: 1\n  b: 2\n'],
    ['a key twice', 'containerLogMaxFiles: 2\ncontainerLogMaxFiles: 4\n'],
  ])('%s is left to people', (_, text) => expect(withLimits(text, values)).toBeUndefined());

  test('whatever keys it has, only these two differ', () => {
    const key = fc.stringMatching(/^[a-z][A-Za-z]{2,12}$/);
    const scalar = fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9%]{0,7}$/), fc.nat().map(String));
    const lines = fc.dictionary(key, scalar, { maxKeys: 6 });
    fc.assert(
      fc.property(lines, fc.boolean(), (entries, hasSize) => {
        const text = [...Object.entries(entries), ...(hasSize ? [['containerLogMaxSize', '9Mi']] : [])]
          .map(([name, value]) => `${name}: ${value} # kept\n`)
          .join('');
        const edited = withLimits(`kind: KubeletConfiguration\n${text}`, values) ?? '';

        expect(parse(edited)).toEqual({ ...(parse(`kind: KubeletConfiguration\n${text}`) as object), ...values });
        expect(edited.split('# kept').length).toBe(text.split('# kept').length);
      }),
    );
  });
});

describe('the arguments of NKS', () => {
  test.each([
    ['KUBELET_USER_ARGS=""\n', 'KUBELET_USER_ARGS="--container-log-max-size=2Mi --container-log-max-files=3"\n'],
    ['KUBELET_USER_ARGS=\n', 'KUBELET_USER_ARGS="--container-log-max-size=2Mi --container-log-max-files=3"\n'],
    [
      "KUBELET_USER_ARGS='--max-pods=50  --v=2'",
      "KUBELET_USER_ARGS='--max-pods=50  --v=2 --container-log-max-size=2Mi --container-log-max-files=3'",
    ],
    [
      '# a\nKUBELET_USER_ARGS="--container-log-max-size 1Gi --v=2"\nOTHER=1\n',
      '# a\nKUBELET_USER_ARGS="--container-log-max-size=2Mi --v=2 --container-log-max-files=3"\nOTHER=1\n',
    ],
    ['OTHER=1', 'OTHER=1\nKUBELET_USER_ARGS="--container-log-max-size=2Mi --container-log-max-files=3"\n'],
    ['', 'KUBELET_USER_ARGS="--container-log-max-size=2Mi --container-log-max-files=3"\n'],
  ])('%j', (text, edited) => {
    expect(withUserArgs(text, values)).toBe(edited);
    expect(withUserArgs(edited, values), 'again').toBe(edited);
  });

  test.each([
    'KUBELET_USER_ARGS="a"\nKUBELET_USER_ARGS="b"\n',
    'KUBELET_USER_ARGS="a \\\nb"\n',
    'KUBELET_USER_ARGS="$MORE"\n',
    'KUBELET_USER_ARGS="--a=\'b c\'"\n',
    'export KUBELET_USER_ARGS="a"\n',
    'KUBELET_USER_ARGS=a b\n',
  ])('%j is left to people', (text) => expect(withUserArgs(text, values)).toBeUndefined());
});

describe('the limits that fit', () => {
  const gibibyte = 2 ** 30;
  const disk = (size: number): Parameters<typeof wantedLimits>[0] => ({
    path: '/var/log/pods',
    size,
    free: size,
    available: size,
    inodes: 1,
    freeInodes: 1,
    id: undefined,
  });

  test.each([
    [100 * gibibyte, 110, { maxBytes: 10 * 2 ** 20, maxFiles: 5 }],
    [20 * gibibyte, 110, { maxBytes: 7 * 2 ** 20, maxFiles: 5 }],
    [1 * gibibyte, 110, undefined],
    [3 * gibibyte, 110, { maxBytes: 1 * 2 ** 20, maxFiles: 5 }],
    [2 * gibibyte, 110, { maxBytes: 1 * 2 ** 20, maxFiles: 3 }],
  ])('on %d bytes with %d containers', (size, containers, limits) =>
    expect(wantedLimits(disk(size), containers)).toEqual(limits),
  );

  test('never take more than a fifth of the disk', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 1, max: 1000 }), (size, containers) => {
        const { maxBytes = 0, maxFiles = 0 } = wantedLimits(disk(size), containers) ?? {};
        expect(maxBytes * maxFiles * containers).toBeLessThanOrEqual(size / 5);
      }),
    );
  });
});

describe('the check behind the restart', () => {
  const verdict = (stdout: string): boolean => kubeletHasLimits.judge({ exitCode: 0, stderr: '', stdout }).ok;
  const file = 'want file 2Mi 3\nrunning 4\nchanged 5\nkey containerLogMaxSize 2Mi\nkey containerLogMaxFiles 3\n';

  test.each([
    ['the file as wanted, read since', file, true],
    ['a kubelet that was started before', file.replace('running 4', 'running 9'), false],
    ['another value', file.replace('Size 2Mi', 'Size 9Mi'), false],
    ['a value that is gone', file.replace('key containerLogMaxFiles 3\n', ''), false],
    ['a flag that overrides the file', `${file}flag container-log-max-size=9Mi\n`, false],
    ['no kubelet', 'want file 2Mi 3\n', false],
    [
      'flags as wanted, the last ones',
      'want flags 2Mi 3\nflag container-log-max-size=9Mi\nflag container-log-max-size=2Mi\n' +
        'flag container-log-max-files=3\nrunning 1\nchanged 2\n',
      true,
    ],
    ['flags that did not arrive', 'want flags 2Mi 3\nrunning 1\nchanged 2\n', false],
  ])('%s', (_, stdout, ok) => expect(verdict(stdout)).toBe(ok));
});
