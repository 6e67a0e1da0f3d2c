import { expect, test } from 'vitest';
import { fieldDiff } from './field-diff.ts';

const object = {
  kind: 'Deployment',
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  namespace: 'team',
  name: 'web',
};
const labels = { before: 'now', after: 'planned' };
const asItIs = (text: string): string => text;

test('the lines that change, each place named, the object as the heading', () => {
  const fields = [
    { path: '/spec/template/spec/containers/0/image', before: 'k8s.gcr.io/a:1', after: 'registry.k8s.io/a:1' },
    { path: '/spec/template/spec/containers/1/image', before: 'k8s.gcr.io/b:1', after: 'registry.k8s.io/b:1' },
    { path: '/metadata/annotations/example.com~1keys', before: null, after: { a: [1, 2] } },
    { path: '/spec/replicas', before: 1, after: null },
  ];

  expect(fieldDiff(object, fields, labels, asItIs)).toBe(
    [
      '--- team/Deployment/web\tnow',
      '+++ team/Deployment/web\tplanned',
      '@@ spec.template.spec.containers[0] @@',
      '-image: k8s.gcr.io/a:1',
      '+image: registry.k8s.io/a:1',
      '@@ spec.template.spec.containers[1] @@',
      '-image: k8s.gcr.io/b:1',
      '+image: registry.k8s.io/b:1',
      '@@ metadata.annotations @@',
      '+example.com/keys:',
      '+  a:',
      '+    - 1',
      '+    - 2',
      '@@ spec @@',
      '-replicas: 1',
    ].join('\n'),
  );
});

test('what an object says is masked, and drives no terminal', () => {
  const fields = [{ path: '/data/a', before: 'secret', after: '\u001b[2Jx' }];

  const diff = fieldDiff({ ...object, name: 'w\u001b[2Jeb' }, fields, labels, (text) =>
    text.replaceAll('secret', '***'),
  );
  expect(diff).toContain('-a: ***');
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  expect(diff).not.toMatch(/\u001b|secret/);
});
