import { applyPatch } from 'diff';
import { stringify } from 'yaml';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import { metadataOf, objectPath } from '../../read-object.ts';
import { planned, team, type ObjectFixture, type ObjectTestCase } from '../../testing/object-fixture.ts';
import type { PullSecretAttachmentAction } from '../pull-secret-attachment-action.ts';
import { pullSecretAttachmentKind } from '../pull-secret-attachment.ts';

const object = {
  kind: 'ServiceAccount',
  group: '',
  version: 'v1',
  resource: 'serviceaccounts',
  namespace: team,
  name: 'default',
};

function testCase(attached: readonly string[]): ObjectTestCase<PullSecretAttachmentAction> {
  const secrets = attached.map((name) => ({ name }));
  const id = `pull-secret-attachment:${team}/ServiceAccount/default`;
  return {
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace: team },
        ...(attached.length === 0 ? {} : { imagePullSecrets: secrets }),
      },
    ],
    plan: async (api) => ({
      kind: 'pull-secret-attachment',
      id,
      ...planned,
      object,
      uid: await api.get(objectPath(object), (raw) => metadataOf(raw).uid),
      from: attached,
      secret: 'regcred',
    }),
    // The Secret that is handed out is one of the same run.
    alongside: [
      {
        kind: 'pull-secret',
        id: `pull-secret:${team}/Secret/regcred`,
        ...planned,
        object: { ...object, kind: 'Secret', resource: 'secrets', name: 'regcred' },
      },
    ],
    shown: (found) =>
      stringify({ imagePullSecrets: (found as KubeObject)['imagePullSecrets'] ?? [] }, { lineWidth: 0 }),
    previewed: (preview, before) => String(applyPatch(before, `${preview}\n`)),
    edit: (api, since) =>
      api.patch(
        objectPath(object),
        { imagePullSecrets: since === 'plan' ? [{ name: 'theirs' }] : secrets },
        { type: 'merge', project: () => undefined },
      ),
    // Whoever took it away again did the undo's work.
    edited: { plan: 'prepare refused OBJECT_CHANGED_SINCE_PLAN', run: 'undo already' },
  };
}

export const fixture: ObjectFixture<PullSecretAttachmentAction> = {
  kind: pullSecretAttachmentKind,
  testCases: { 'the first secret is attached': testCase([]), 'one more secret is attached': testCase(['other']) },
};
