import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { acceptedEdit, holdsIn, type EditedHold, type FoundHold } from './edited-holds.ts';
import { foundHolds, heldOn, holdChanges, type HoldChange, type HoldWish } from './hold-changes.ts';
import { holdOf, imageHold, nameOfHold } from './image-hold.ts';
import { asServed, someHold } from './testing/some-hold.ts';

const { program } = someHold();
const found = (images: readonly string[], nodes: readonly string[]): FoundHold => {
  const hold = someHold({ images, nodes });
  return { hold, object: imageHold(hold) };
};
const add = (node: string, ...images: readonly string[]): HoldWish => ({ node, add: images, drop: [], program });
const drop = (node: string, ...images: readonly string[]): HoldWish => ({
  node,
  add: [],
  drop: images,
  program: undefined,
});

/** `made a on n-1 n-2`, in the order of the changes. */
function said(changes: readonly HoldChange[]): readonly string[] {
  return changes.map(({ from, to, images }) => {
    const what = from === 'absent' ? 'made' : to === 'absent' ? 'removed' : 'changed';
    const nodes = to === 'absent' ? '' : ` on ${holdOf(to)?.nodes.join(' ')}`;
    return `${what} ${images.join(' ')}${nodes}`;
  });
}

test('nodes that hold the same images share a DaemonSet', () => {
  expect(said(holdChanges([], [add('n-2', 'b', 'a'), add('n-1', 'a', 'b'), add('n-3', 'a')]))).toEqual(
    expect.arrayContaining(['made a b on n-1 n-2', 'made a on n-3']),
  );
});

test('a node is added to the one that there is; what a node holds already is not held twice', () => {
  expect(said(holdChanges([found(['a'], ['n-1'])], [add('n-2', 'a')]))).toEqual(['changed a on n-1 n-2']);
  expect(holdChanges([found(['a'], ['n-1'])], [add('n-1', 'a')])).toEqual([]);
  expect(said(holdChanges([found(['a'], ['n-1'])], [add('n-1', 'a', 'b')]))).toEqual(['made b on n-1']);
});

test('the last node takes the DaemonSet with it; an image that stays is held by another before', () => {
  expect(said(holdChanges([found(['a'], ['n-1', 'n-2'])], [drop('n-2', 'a')]))).toEqual(['changed a on n-1']);
  expect(said(holdChanges([found(['a'], ['n-1'])], [drop('n-1', 'a')]))).toEqual(['removed a']);
  expect(said(holdChanges([found(['a', 'b'], ['n-1'])], [drop('n-1', 'a')]))).toEqual(['made b on n-1', 'removed a b']);
});

test('of a bundle: what is not JSON is unknown, what nodemend does not make is nobody’s to change', () => {
  const bundle = (...texts: readonly string[]): Evidence =>
    ({ cluster: { state: 'seen', value: { imageHolds: { state: 'seen', value: texts } } } }) as unknown as Evidence;
  const own = JSON.stringify(imageHold(someHold()));

  expect(foundHolds(bundle(own))).toMatchObject({ state: 'seen', value: [{ hold: someHold() }] });
  expect(foundHolds(bundle(own, '{'))).toMatchObject({ state: 'unknown', reason: 'malformed' });
  for (const text of ['null', '[]', '1', '{}', own.replace('"Never"', '"Always"')])
    expect(foundHolds(bundle(text))).toEqual({ state: 'seen', value: [] });
});

test('one that somebody else calls so in a namespace of theirs is none, edited or not', () => {
  const own = JSON.stringify(imageHold(someHold()));
  for (const text of [own, own.replace('"Never"', '"Always"')]) {
    const elsewhere = text.replace('"namespace":"kube-system"', '"namespace":"team"');
    expect(elsewhere).not.toBe(text);
    const evidence = { cluster: { state: 'seen', value: { imageHolds: { state: 'seen', value: [elsewhere] } } } };
    expect(holdsIn(evidence as unknown as Evidence)).toEqual({ state: 'seen', value: { found: [], edited: [] } });
  }
});

describe('a DaemonSet that somebody has edited', () => {
  const edited = (change: (text: string) => string): readonly EditedHold[] => {
    const evidence = { cluster: { state: 'seen', value: { imageHolds: { state: 'seen', value: [change(own)] } } } };
    const holds = holdsIn(evidence as unknown as Evidence);
    if (holds.state !== 'seen') throw new Error(JSON.stringify(holds));
    expect(change(own)).not.toBe(own);
    expect(holds.value.found).toEqual([]);
    return holds.value.edited;
  };
  const own = JSON.stringify(imageHold(someHold()));
  const image = '"image":"registry.k8s.io/pause:3.6"';
  const container = 'spec.template.spec.containers[0]';

  test.each<[string, string, string, string]>([
    ['its image', image, '"image":"evil.test/x:1"', `${container}.image`],
    ['its nodes', '"values":["worker-1"]', '"values":["worker-2"]', 'spec.template.spec.affinity'],
    ['a node selector', '"dnsPolicy"', '"nodeSelector":{"a":"b"},"dnsPolicy"', 'spec.template.spec.nodeSelector'],
    ['its program', '"/.nodemend/sleep","2147483647"', '"/bin/sh"', `${container}.command`],
    ['its mounts', '"readOnly":true', '"readOnly":false', `${container}.volumeMounts[0].readOnly`],
    [
      'what it mounts',
      '"path":"/usr/bin/sleep"',
      '"path":"/etc/shadow"',
      'spec.template.spec.volumes[0].hostPath.path',
    ],
    ['its strategy', '"OnDelete"', '"RollingUpdate"', 'spec.updateStrategy.type'],
  ])('%s: what it was made for is known by what it says of itself', (_what, from, to, field) => {
    const [one] = edited((text) => text.replace(from, () => to));

    expect(one).toMatchObject({ why: 'edited', made: someHold() });
    expect(one?.fields.some((path) => path.startsWith(field))).toBe(true);
    expect(one?.fields).toHaveLength(1);
  });

  test('an edit that is meant is accepted, and the next one is not', () => {
    const change = (text: string): string => text.replace('"OnDelete"', '"RollingUpdate"');
    const accepting = (by: string) => (text: string) =>
      change(text).replace('"annotations":{', `"annotations":{"${acceptedEdit}":"${by}",`);
    const [one] = edited(change);

    expect(one?.isAccepted).toBe(false);
    expect(edited(accepting(one?.accepts ?? ''))).toMatchObject([{ isAccepted: true, accepts: one?.accepts }]);
    expect(edited(accepting('true'))).toMatchObject([{ isAccepted: false }]);
    for (const further of ['"Never"', '"worker-1"'])
      expect(edited((text) => accepting(one?.accepts ?? '')(text).replace(further, '"Other"'))).toMatchObject([
        { isAccepted: false },
      ]);
    expect(
      edited((text) =>
        accepting(one?.accepts ?? '')(text).replace('"metadata":{', '"metadata":{"deletionTimestamp":"2026-11-30",'),
      ),
    ).toMatchObject([{ isAccepted: false, why: 'deleted' }]);
  });

  test('one that says nothing of itself, or something else than its name, is known by its specification', () => {
    const silent = (text: string): string =>
      text.replace(/"annotations":\{"[^"]*":"(?:\\.|[^"])*"\}/u, '"annotations":{}');
    const liar = (text: string): string => text.replaceAll('\\"registry.k8s.io/pause:3.6\\"', '\\"evil.test/x:1\\"');
    const writable = (text: string): string => text.replace('"readOnly":true', '"readOnly":false');

    expect(edited((text) => writable(silent(text)))).toMatchObject([{ made: someHold() }]);
    expect(edited(liar)).toMatchObject([{ made: someHold(), fields: [] }]);
    expect(edited((text) => silent(text).replace(image, '"image":"evil.test/x:1"'))).toMatchObject([
      { made: undefined, fields: [] },
    ]);
  });

  test.each(['a.test/\u001b[2J:1', `a.test/${'x'.repeat(600)}:1`])(
    'what can be no image’s name is none: %j',
    (name) => {
      const named = JSON.stringify(imageHold(someHold({ images: [name] })));
      const evidence = { cluster: { state: 'seen', value: { imageHolds: { state: 'seen', value: [named] } } } };

      expect(holdsIn(evidence as unknown as Evidence)).toMatchObject({
        state: 'seen',
        value: { found: [], edited: [{ made: undefined, fields: [] }] },
      });
    },
  );

  test('one that is being deleted, or goes with an object of somebody’s, holds nothing for long', () => {
    const withMetadata = (more: string) => edited((text) => text.replace('"metadata":{', `"metadata":{${more},`));

    expect(withMetadata('"deletionTimestamp":"2026-11-30T00:00:00Z"')).toMatchObject([{ why: 'deleted' }]);
    expect(withMetadata('"ownerReferences":[{"name":"x"}]')).toMatchObject([{ why: 'owned' }]);
  });

  test('what it was made for is held beside it, and that one is nodemend’s own', () => {
    const name = nameOfHold(someHold());
    const wishes = [add('worker-1', ...someHold().images), add('worker-2', ...someHold().images)];
    const [change] = holdChanges([], wishes, new Set([name]));

    expect(change).toMatchObject({ from: 'absent', nodes: ['worker-1', 'worker-2'] });
    expect(change?.name).not.toBe(name);
    const hold = holdOf(change?.to as JsonObject)!;
    expect(hold).toEqual(someHold({ nodes: ['worker-1', 'worker-2'], copy: 1 }));
    const again = holdChanges([{ hold, object: imageHold(hold) }], [add('worker-3', ...hold.images)], new Set([name]));
    expect(again).toMatchObject([{ name: change?.name, nodes: ['worker-3'] }]);
  });
});

describe('what others write into a DaemonSet and that harms nothing', () => {
  const template = '"template":{"metadata":{';
  test.each<[string, string, string, string]>([
    [
      'kubectl rollout restart',
      template,
      `${template}"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-12-01T12:00:00+09:00"},`,
      'restartedAt',
    ],
    ['labels of Argo CD', '"labels":{', '"labels":{"argocd.argoproj.io/instance":"addons",', 'argocd'],
    // Notes on the object are not applied: what is there of them stays.
    ['notes of Helm', '"annotations":{', '"annotations":{"meta.helm.sh/release-name":"addons",', ''],
    ['how many revisions are kept', 'HistoryLimit":1', 'HistoryLimit":10', 'HistoryLimit":10'],
    ['when a pod counts as there', '"spec":{"sel', '"spec":{"minReadySeconds":5,"sel', '"minReadySeconds":5'],
    ['how long a pod may take to end', 'Seconds":1,', 'Seconds":30,', 'Seconds":30'],
    ['a toleration more', '"tolerations":[', '"tolerations":[{"key":"gpu","operator":"Exists"},', '"key":"gpu"'],
  ])('%s: it is nodemend’s own still, and goes on with it', (_what, from, to, kept) => {
    const object = JSON.parse(JSON.stringify(imageHold(someHold())).replace(from, () => to)) as JsonObject;
    expect(object).not.toEqual(imageHold(someHold()));
    expect(holdOf(object)).toEqual(someHold());

    const [change] = holdChanges([{ hold: someHold(), object }], [add('worker-2', ...someHold().images)]);
    const after = change?.to as JsonObject;
    expect(holdOf(after)).toEqual(someHold({ nodes: ['worker-1', 'worker-2'] }));
    expect(JSON.stringify(after)).toContain(kept);
  });

  test('what may harm is an edit: fewer tolerations, odd numbers, what webhooks look at, another manager', () => {
    const changed = (from: string, to: string): unknown =>
      holdOf(JSON.parse(JSON.stringify(imageHold(someHold())).replace(from, to)) as JsonObject);
    expect(changed('[{"operator":"Exists"}]', '[{"operator":"Exists","key":"gpu"}]')).toBeUndefined();
    expect(
      changed('"app.kubernetes.io/managed-by":"nodemend"', '"app.kubernetes.io/managed-by":"Helm"'),
    ).toBeUndefined();
  });
});

describe('what a newer server fills in', () => {
  const judged = (object: JsonObject) => {
    const imageHolds = { state: 'seen', value: [JSON.stringify(object)] };
    const holds = holdsIn({ cluster: { state: 'seen', value: { imageHolds } } } as unknown as Evidence);
    if (holds.state !== 'seen') throw new Error(JSON.stringify(holds));
    return holds.value;
  };
  const template = '"template":{';
  const pod = '"dnsPolicy"';
  const container = '"image":"registry.k8s.io/pause:3.6"';
  const served = (change: (text: string) => string, notes: readonly unknown[] = []): JsonObject => {
    const object = asServed(imageHold(someHold()), notes);
    const text = JSON.stringify(object['spec']);
    expect(change(text)).not.toBe(text);
    return { ...object, spec: JSON.parse(change(text)) as JsonObject };
  };
  const note = (spec: unknown, manager = 'kubectl-edit', operation = 'Update'): unknown => ({
    manager,
    operation,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': spec },
  });
  const filledIn = (text: string): string =>
    text
      .replace(template, `"rolloutBudget":{"policy":"Default"},${template}`)
      .replace(pod, `"cgroupPolicy":"Shared",${pod}`)
      .replace(container, `${container},"swapPolicy":{"mode":"None"}`)
      .replace('"type":"File"', '"type":"File","symlinkPolicy":"Follow"');

  test('what nobody has set, and no API of today has, is left out; a plan and its undo go on without it', () => {
    const { found, edited } = judged(served(filledIn));

    expect(edited).toEqual([]);
    expect(found.map(({ hold }) => hold)).toEqual([someHold()]);
    const [change] = holdChanges(found, [add('worker-2', ...someHold().images)]);
    expect(change).toMatchObject({ nodes: ['worker-2'], from: imageHold(someHold()) });
    // Who changes something else has not set that.
    const restarted = note({ 'f:template': { 'f:metadata': { 'f:annotations': { 'f:restartedAt': {} } } } });
    expect(judged(served(filledIn, [restarted])).edited).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['set by somebody', note({ 'f:template': { 'f:spec': { 'f:cgroupPolicy': {} } } })],
    ['set by another apply', note({ 'f:rolloutBudget': { 'f:policy': {} } }, 'argocd', 'Apply')],
    [
      'in a list of somebody’s',
      note({ 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"image-0"}': { 'f:swapPolicy': {} } } } } }),
    ],
  ])('%s it is an edit', (_what, by) => {
    const fields = judged(served(filledIn, [by])).edited.flatMap((one) => one.fields);
    expect(fields.length).toBeGreaterThan(0);
  });

  test.each<[string, string, string, string]>([
    ['a container more', '"containers":[', '"containers":[{"name":"x","image":"a.test/x:1"},', 'containers'],
    ['one that runs before', pod, `"initContainers":[{"name":"x","image":"a.test/x:1"}],${pod}`, 'initContainers'],
    ['a volume more', '"volumes":[', '"volumes":[{"name":"x","hostPath":{"path":"/"}},', 'volumes'],
    ['more rights', '"allowPrivilegeEscalation"', '"privileged":true,"allowPrivilegeEscalation"', 'privileged'],
    ['the processes of the node', pod, `"hostPID":true,${pod}`, 'hostPID'],
    ['another value', '"Never"', '"Always"', 'imagePullPolicy'],
    ['a resource more', '"memory":"32Mi"', '"memory":"32Mi","new.test/gpu":"1"', 'limits'],
  ])('%s is one, whoever wrote it: webhooks are not noted', (_what, from, to, field) => {
    const { edited } = judged(served((text) => text.replace(from, () => to)));
    expect(edited.flatMap(({ fields }) => fields).join(' ')).toContain(field);
  });

  test.each<[string, (object: JsonObject) => JsonObject]>([
    ['wiped', ({ metadata, ...rest }) => ({ ...rest, metadata: { ...(metadata as JsonObject), managedFields: [] } })],
    ['not kept', ({ metadata, ...rest }) => ({ ...rest, metadata: { name: (metadata as JsonObject)['name'] ?? '' } })],
    [
      'odd',
      ({ metadata, ...rest }) => ({ ...rest, metadata: { ...(metadata as JsonObject), managedFields: [1, null] } }),
    ],
  ])('where the server’s notes are %s nothing is left out', (_what, change) => {
    expect(judged(change(served(filledIn))).found).toEqual([]);
  });
});

const names = ['a', 'b', 'c'];
const nodes = ['n-1', 'n-2', 'n-3'];
const wish = fc.record({
  node: fc.constantFrom(...nodes),
  add: fc.uniqueArray(fc.constantFrom(...names)),
  drop: fc.uniqueArray(fc.constantFrom(...names)),
});

test('whatever is wished for one after the other: each node holds what it held and what was added, less what was dropped', () => {
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 6 }), (wishes) => {
      let holds: readonly FoundHold[] = [];
      const expected = new Map<string, Set<string>>();
      for (const one of wishes) {
        const added = one.add.filter((image) => !one.drop.includes(image));
        const changes = holdChanges(holds, [{ ...one, add: added, program }]);
        holds = after(holds, changes);
        const held = expected.get(one.node) ?? new Set();
        expected.set(one.node, held.difference(new Set(one.drop)).union(new Set(added)));
      }
      for (const node of nodes) {
        const held = heldOn(holds, node);
        expect(held.toSorted()).toEqual([...(expected.get(node) ?? [])].toSorted());
        expect(new Set(held).size).toBe(held.length);
      }
    }),
  );
});

function after(holds: readonly FoundHold[], changes: readonly HoldChange[]): readonly FoundHold[] {
  const changed = new Set(changes.map(({ from }) => from));
  const objects = changes.flatMap(({ to }): readonly JsonObject[] => (to === 'absent' ? [] : [to]));
  return [
    ...holds.filter(({ object }) => !changed.has(object)),
    ...objects.map((object) => ({ object, hold: holdOf(object)! })),
  ];
}
