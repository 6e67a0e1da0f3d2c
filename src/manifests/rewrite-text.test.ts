import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../test/runs.ts';
import { retiredNames, successorOf } from '../registry/successor.ts';
import { findReferences } from './find-references.ts';
import { retiredPatterns } from './retired-patterns.ts';
import { rewriteText } from './rewrite-text.ts';

const options = {
  file: 'x.yaml',
  patterns: retiredPatterns(retiredNames()),
  successorOf: (written: string) => successorOf(written),
  mentions: false,
} as const;
const rewrite = (text: string): string => rewriteText(text, findReferences(text, options));

/** An image, and what has to become of it. */
const image = fc.constantFrom<readonly [string, string]>(
  ['k8s.gcr.io/pause:3.2', 'registry.k8s.io/pause:3.2'],
  [
    'k8s.gcr.io/a/b@sha256:0000000000000000000000000000000000000000000000000000000000000000',
    'registry.k8s.io/a/b@sha256:0000000000000000000000000000000000000000000000000000000000000000',
  ],
  ['docker.pkg.github.com/o/r/i:1.0-Rc', 'ghcr.io/o/r/i:1.0-Rc'],
  ['gcr.io/google_containers/x', 'registry.k8s.io/x'],
  ['quay.io/coreos/flannel:v1', 'quay.io/coreos/flannel:v1'],
  ['nginx', 'nginx'],
  ['example.com:5000/k8s.gcr.io/pause', 'example.com:5000/k8s.gcr.io/pause'],
);
const written = fc.constantFrom(
  (text: string) => text,
  (text: string) => `'${text}'`,
  (text: string) => `"${text}"`,
  (text: string) => `&a${text.length} ${text}`,
  (text: string) => `${text}   # ${text}`,
  (text: string) => `!!str ${text}`,
);
const noise = fc.constantFrom(
  '',
  '# k8s.gcr.io/pause:1 moved',
  'x-mode: 0644',
  'x-한글: "값 k8s.gcr.io 설명"',
  'x-list: [1, 2]',
  'x-date: 2001-01-01',
  'x-text: |\n  image: k8s.gcr.io/pause:1\n\n  tabs\there',
  'x-dup: 1\nx-dup: 2',
);
const container = fc.record({ image, written, indent: fc.nat({ max: 3 }), env: fc.boolean() });
const object = fc.record({
  kind: fc.constantFrom('Deployment', 'DaemonSet', 'StatefulSet', 'Job', 'ReplicaSet'),
  containers: fc.array(container, { minLength: 1, maxLength: 4 }),
  noise,
});
const file = fc.record({
  objects: fc.array(object, { minLength: 1, maxLength: 3 }),
  newline: fc.constantFrom('\n', '\r\n'),
  bom: fc.boolean(),
  cut: fc.boolean(),
});

type File = typeof file extends fc.Arbitrary<infer T> ? T : never;

/**
 * The file with its images as they are (0) or as they have to be (1). Only the reference itself may differ, never what
 * repeats it in a comment.
 */
function print({ objects, newline, bom, cut }: File, which: 0 | 1): string {
  const documents = objects.map(({ kind, containers, noise: line }) => {
    const items = containers.map(({ image: pair, written: style, indent, env }) => {
      const old = style(pair[0]);
      const text = which === 0 ? old : old.replace(pair[0], pair[1]);
      const pad = ' '.repeat(6 + indent);
      return `${pad}- name: c\n${env ? `${pad}  env: [{name: IMAGE, value: "${pair[0]} "}]\n` : ''}${pad}  image: ${text}\n`;
    });
    // One list has one indentation.
    return (
      `apiVersion: apps/v1\nkind: ${kind}\n${line === '' ? '' : `${line}\n`}spec:\n  template:\n    spec:\n` +
      '      containers:\n' +
      `${items.map((item) => item.replace(/^ +(?=- )/, '      ').replaceAll(/^ +(?=env|image)/gm, '        ')).join('')}`
    );
  });
  const text = documents.join('---\n').replaceAll('\n', newline);
  return (bom ? '\uFEFF' : '') + (cut ? text.slice(0, -newline.length) : text);
}

describe('rewriting a text', () => {
  it('changes each reference as it has to be, and not one character beside it', () => {
    fc.assert(
      fc.property(file, (parts) => {
        expect(rewrite(print(parts, 0))).toBe(print(parts, 1));
      }),
      { numRuns: runs(500) },
    );
  });

  it('twice is as once', () => {
    fc.assert(
      fc.property(file, (parts) => {
        const once = rewrite(print(parts, 0));
        expect(rewrite(once)).toBe(once);
        expect(findReferences(once, options).filter(({ action }) => action === 'change')).toEqual([]);
      }),
    );
  });

  it('of any text at all ends, with places that hold what they say, in order and apart', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'k8s.gcr.io/a:1',
        'image: ',
        '\n',
        '- ',
        '{{',
        '}}',
        '"',
        "'",
        '|',
        '&a ',
        '*a',
        '<<: ',
        '---\n',
        'kind: Pod\napiVersion: v1\n',
        '  ',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        let end = 0;
        for (const reference of findReferences(text, { ...options, mentions: true })) {
          expect(reference.start).toBeGreaterThanOrEqual(end);
          if (reference.reason !== 'not-literal')
            expect(text.slice(reference.start, reference.end)).toContain(reference.old);
          end = reference.end;
        }
      }),
      { numRuns: runs(1_000) },
    );
  });
});
