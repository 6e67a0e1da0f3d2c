import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/api.ts';
import { manifestActionSchema } from '../../actions/manifest/manifest-schema.ts';
import { holdOf, imageHold, nameOfHold, type ImageHold } from './image-hold.ts';
import { someHold } from './testing/some-hold.ts';

const nameOf = (object: JsonObject): string => (object['metadata'] as { readonly name: string }).name;

function isTaken(object: JsonObject): boolean {
  const name = nameOf(object);
  return manifestActionSchema.safeParse({
    kind: 'manifest',
    id: `manifest:kube-system/DaemonSet/${name}`,
    problem: 'base-images',
    cures: [],
    why: { key: 'why.hold', params: {} },
    object: { kind: 'DaemonSet', group: 'apps', version: 'v1', resource: 'daemonsets', namespace: 'kube-system', name },
    from: object,
    to: 'absent',
  }).success;
}

test.each<[string, ImageHold]>([
  ['one image on one node', someHold()],
  ['several on several', someHold({ images: ['a.test/a:1', 'b.test/b@sha256:x'], nodes: ['n-1', 'n-2'] })],
  ['a copy', someHold({ copy: 3 })],
  ['a static program', someHold({ program: { program: '/bin/sleep', libraries: [] } })],
])('%s: what is made is read again, and is taken from a record', (_what, hold) => {
  expect(holdOf(imageHold(hold))).toEqual(hold);
  expect(isTaken(imageHold(hold))).toBe(true);
});

test('one that 0.1 made, which said nothing of itself, is nodemend’s own', () => {
  const { metadata, ...rest } = imageHold(someHold());
  const { annotations: _said, ...silent } = metadata as JsonObject;

  expect(holdOf({ ...rest, metadata: silent })).toEqual(someHold());
  expect(isTaken({ ...rest, metadata: silent })).toBe(true);
});

test('with what the API server and a run write into it, it is the same', () => {
  const { metadata, spec, ...rest } = imageHold(someHold()) as Record<string, JsonObject>;
  const template = (spec as { readonly template: JsonObject }).template;
  const found = {
    ...rest,
    metadata: {
      ...metadata,
      annotations: {
        ...(metadata?.['annotations'] as JsonObject),
        'nodemend.dev/run': 'x',
        'deprecated.daemonset.template.generation': '1',
      },
    },
    spec: {
      ...spec,
      template: { ...template, metadata: { ...(template['metadata'] as JsonObject), creationTimestamp: null } },
    },
    status: { numberReady: 1 },
  };

  expect(holdOf(found as JsonObject)).toEqual(someHold());
});

test('the same images have the same name on whichever nodes, other images or another program another one', () => {
  const name = nameOfHold(someHold());

  expect(nameOfHold(someHold({ nodes: ['n-7'] }))).toBe(name);
  expect(nameOfHold(someHold({ images: ['a.test/b:1'] }))).not.toBe(name);
  expect(nameOfHold(someHold({ program: { program: '/bin/sleep', libraries: [] } }))).not.toBe(name);
});

/** Each is what somebody who can write records would like an administrator's undo to make. */
const evil: readonly (readonly [string, (text: string) => string])[] = [
  ['a shell instead of sleep', (text) => text.replace('"/.nodemend/sleep","2147483647"', '"/bin/sh","-c","id"')],
  ['a program of anybody’s', (text) => text.replaceAll('/usr/bin/sleep', '/home/me/sleep')],
  ['a library of anybody’s', (text) => text.replaceAll('/lib/x86_64-linux-gnu/libc.so.6', '/tmp/libc.so.6')],
  ['a folder of the node', (text) => text.replace('"type":"File"', '"type":"Directory"')],
  ['root', (text) => text.replaceAll('65534', '0')],
  ['privileges', (text) => text.replace('"allowPrivilegeEscalation":false', '"privileged":true')],
  ['a writable mount', (text) => text.replace('"readOnly":true', '"readOnly":false')],
  ['the node’s processes', (text) => text.replace('"hostNetwork":true', '"hostNetwork":true,"hostPID":true')],
  [
    'a service account',
    (text) => text.replace('"hostNetwork":true', '"hostNetwork":true,"serviceAccountName":"admin"'),
  ],
  ['its token', (text) => text.replace('"automountServiceAccountToken":false', '"automountServiceAccountToken":true')],
  ['an image that is pulled', (text) => text.replace('"imagePullPolicy":"Never"', '"imagePullPolicy":"Always"')],
  [
    'a container more',
    (text) => text.replace('"containers":[', '"initContainers":[{"name":"x","image":"x"}],"containers":['),
  ],
  [
    'an annotation of the pod',
    (text) => text.replace('"template":{"metadata":{', '"template":{"metadata":{"annotations":{"a":"b"},'),
  ],
  ['every node', (text) => text.replace('"key":"metadata.name"', '"key":"metadata.namespace"')],
];

test.each(evil)('%s: nothing that nodemend makes', (_what, change) => {
  const text = JSON.stringify(imageHold(someHold()));
  const changed = JSON.parse(change(text)) as JsonObject;

  expect(change(text)).not.toBe(text);
  expect(holdOf(changed)).toBeUndefined();
  expect(isTaken(changed)).toBe(false);
});
