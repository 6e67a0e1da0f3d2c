import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../kubernetes/api.ts';
import { templateImages } from './template-images.ts';

const container = (name: string, image: string): JsonObject => ({ name, image });
const podSpec: JsonObject = {
  initContainers: [container('first', 'k8s.gcr.io/first:1')],
  containers: [container('app', 'nginx:1'), { name: 'merged later' }],
  ephemeralContainers: [container('debug', 'busybox')],
  volumes: [
    { name: 'model', image: { reference: 'gchr.io/a/model:1' } },
    { name: 'tmp', emptyDir: {} },
  ],
  imagePullSecrets: [{ name: 'regcred' }, {}],
};

describe('a pod specification is found by its shape', () => {
  test('with every place that an image can have', () => {
    const { images, pullSecrets } = templateImages({
      apiVersion: 'example.test/v1',
      kind: 'Any',
      spec: { pools: [{ template: { spec: podSpec } }] },
    });

    expect(images).toEqual([
      {
        pointer: '/spec/pools/0/template/spec/initContainers/0/image',
        image: 'k8s.gcr.io/first:1',
        role: 'init',
        container: 'first',
      },
      {
        pointer: '/spec/pools/0/template/spec/containers/0/image',
        image: 'nginx:1',
        role: 'container',
        container: 'app',
      },
      {
        pointer: '/spec/pools/0/template/spec/ephemeralContainers/0/image',
        image: 'busybox',
        role: 'ephemeral',
        container: 'debug',
      },
      {
        pointer: '/spec/pools/0/template/spec/volumes/0/image/reference',
        image: 'gchr.io/a/model:1',
        role: 'volume',
        container: 'model',
      },
    ]);
    expect(pullSecrets).toEqual(['regcred']);
  });

  test('what only looks like it is none', () => {
    expect(
      templateImages({
        spec: {
          containers: ['nginx'],
          other: { containers: { name: 'a', image: 'b' } },
          third: { containers: [{ name: 'a' }, { image: 'b' }] },
        },
      }).images,
    ).toEqual([]);
  });

  test('never in what the server writes', () => {
    expect(
      templateImages({ metadata: { annotations: podSpec }, status: podSpec, kind: 'k8s.gcr.io/pause:3.2' }).images,
    ).toEqual([]);
  });
});

test('another text is kept only when it is a reference of a retired registry', () => {
  const { images } = templateImages({
    spec: {
      image: 'k8s.gcr.io/operator:1',
      other: 'nginx:1',
      note: 'was k8s.gcr.io/operator:1',
      containers: [{ ...container('app', 'nginx'), env: [{ name: 'HELPER', value: 'k8s.gcr.io/helper:1' }] }],
    },
  });

  expect(images.filter(({ role }) => role === 'field')).toEqual([
    { pointer: '/spec/containers/0/env/0/value', image: 'k8s.gcr.io/helper:1', role: 'field', container: 'value' },
    { pointer: '/spec/image', image: 'k8s.gcr.io/operator:1', role: 'field', container: 'image' },
  ]);
});

test('what is nested without end is searched as far as anybody nests, and says so', () => {
  const nested = (levels: number): Json => (levels === 0 ? podSpec : { below: nested(levels - 1) });

  expect(templateImages({ spec: nested(40) })).toMatchObject({ truncated: false, images: { length: 4 } });
  expect(templateImages({ spec: nested(5000) })).toMatchObject({ truncated: true, images: [] });
});

test('every pointer leads to its image', () => {
  const json = fc.letrec<{ readonly value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<Json>('k8s.gcr.io/pause:3.2', 'text', 1, null, podSpec),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a/b', 'c~d', 'containers', 'spec', 'image'), tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(json, (spec) => {
      const object: JsonObject = { spec };
      for (const { pointer, image } of templateImages(object).images) {
        const parts = pointer
          .split('/')
          .slice(1)
          .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
        expect(
          parts.reduce<Json | undefined>((value, part) => (value as Record<string, Json> | undefined)?.[part], object),
        ).toBe(image);
      }
    }),
  );
});
