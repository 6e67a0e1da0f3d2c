import { applyPatch } from 'diff';
import { stringify } from 'yaml';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { metadataOf, objectPath } from '../../read-object.ts';
import { planned, type ObjectFixture, type ObjectTestCase } from '../../testing/object-fixture.ts';
import { imagePolicies } from '../image-policy.ts';
import type { ManifestAction } from '../manifest-action.ts';
import { holdNamespace, holdReference, imageHold, nameOfHold } from '../../../images/pins/image-hold.ts';
import { someHold } from '../../../images/pins/testing/some-hold.ts';
import { runAnnotation } from '../../ownership.ts';
import { objectWords } from '../../object-words.ts';
import { appliable } from '../../../kubernetes/appliable.ts';
import { manifestKind } from '../manifest.ts';

const objectOf = (kind: string, except: string): JsonObject =>
  imagePolicies({ deny: false, exceptNamespaces: [except] }).find((one) => one['kind'] === kind) as JsonObject;

const binding = objectOf('ValidatingAdmissionPolicyBinding', 'ci');
const other = objectOf('ValidatingAdmissionPolicyBinding', 'build');

const object = {
  kind: 'ValidatingAdmissionPolicyBinding',
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  resource: 'validatingadmissionpolicybindings',
  name: (binding['metadata'] as { readonly name: string }).name,
};

/** Without whose run wrote it, which no plan can know. */
function shown(found: KubeObject | undefined): string {
  if (found === undefined) return '';
  const { metadata, ...rest } = appliable(found as unknown as JsonObject);
  const { annotations = {}, ...kept } = metadata as JsonObject;
  const { [runAnnotation]: _run, ...own } = annotations as JsonObject;
  const shownMetadata = Object.keys(own).length === 0 ? kept : { ...kept, annotations: own };
  return stringify({ ...rest, metadata: shownMetadata }, { lineWidth: 0, sortMapEntries: true });
}

/** One that is made has its pods waited for, which takes a controller: on the testbed. */
const hold = imageHold(someHold());
const holdObject = { ...holdReference, namespace: holdNamespace, name: nameOfHold(someHold()) };

const removal: ObjectTestCase<ManifestAction> = {
  ...testCase(hold, 'absent'),
  plan: async () => ({
    kind: 'manifest',
    id: `manifest:${objectWords(holdObject)}`,
    ...planned,
    object: holdObject,
    from: hold,
    to: 'absent',
  }),
  edit: async (api) => {
    const path = objectPath(holdObject);
    if (await isThere(api, path))
      await api.patch(path, { spec: { minReadySeconds: 5 } }, { type: 'merge', project: () => undefined });
    else
      await api.patch(path, imageHold(someHold({ nodes: ['worker-2'] })), {
        type: 'apply',
        fieldManager: 'somebody',
        project: () => undefined,
      });
  },
};

function testCase(from: ManifestAction['from'], to: ManifestAction['to']): ObjectTestCase<ManifestAction> {
  return {
    objects: from === 'absent' ? [] : [from as unknown as KubeObject],
    plan: async () => ({
      kind: 'manifest',
      id: `manifest:${object.kind}/${object.name}`,
      ...planned,
      object,
      from,
      to,
    }),
    shown,
    previewed: (preview, before) => String(applyPatch(before, `${preview}\n`)),
    edit: async (api) => {
      const path = objectPath(object);
      if (await isThere(api, path))
        await api.patch(path, { spec: { validationActions: ['Audit'] } }, { type: 'merge', project: () => undefined });
      else await api.create(path.slice(0, path.lastIndexOf('/')), other, () => undefined);
    },
    edited: { plan: 'prepare refused OBJECT_CHANGED_SINCE_PLAN', run: 'undo refused OBJECT_CHANGED_SINCE_RUN' },
  };
}

function isThere(api: KubernetesApi, path: string): Promise<boolean> {
  return api.get(path, (raw) => metadataOf(raw).uid !== '').catch(() => false);
}

export const fixture: ObjectFixture<ManifestAction> = {
  kind: manifestKind,
  testCases: {
    'an object is made': testCase('absent', binding),
    'an object is changed': testCase(other, binding),
    'an object is removed': testCase(binding, 'absent'),
    'pods that hold images go': removal,
  },
};
