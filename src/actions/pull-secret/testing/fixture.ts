import { applyPatch } from 'diff';
import { stringify } from 'yaml';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import { readObject, metadataOf, objectPath } from '../../read-object.ts';
import { planned, team, type ObjectFixture, type ObjectTestCase } from '../../testing/object-fixture.ts';
import type { PriorPullSecret, PullSecretAction } from '../pull-secret-action.ts';
import { pullSecretKind } from '../pull-secret.ts';

const object = { kind: 'Secret', group: '', version: 'v1', resource: 'secrets', namespace: team, name: 'regcred' };
const type = 'kubernetes.io/dockerconfigjson';
const [key, user] = ['ghcr.io', 'kim'];

const encoded = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64');

function secretOf(body: { readonly type: string; readonly data: Readonly<Record<string, string>> }): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'regcred', namespace: team, labels: { app: 'web' }, annotations: { 'example.com/by': 'hand' } },
    ...body,
  };
}

const others = { auths: { 'quay.io': { auth: 'b3RoZXI6b25l' } } };
const there = secretOf({ type, data: { '.dockerconfigjson': encoded(others) } });
const opaque = secretOf({ type: 'Opaque', data: { password: encoded({}) } });

/** Whose logins it has; of the one that is ours the user, and whether it belongs to the run. */
function shown(found: KubeObject | undefined): string {
  if (found === undefined) return '';
  const { type: shownType, data } = found as unknown as { type: string; data: Readonly<Record<string, string>> };
  const content = Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString('utf8') || '{}';
  const { auths = {} } = JSON.parse(content) as { readonly auths?: Readonly<Record<string, { username?: string }>> };
  const logins = Object.entries(auths).map(([name, { username }]) => [
    name,
    username === undefined ? '***' : { username, password: '***' },
  ]);
  return stringify({ type: shownType, auths: Object.fromEntries(logins) as object }, { lineWidth: 0 });
}

function testCase(
  before: KubeObject | undefined,
  from: Partial<PriorPullSecret> = {},
): ObjectTestCase<PullSecretAction> {
  return {
    objects: before ? [before] : [],
    plan: async (api) => {
      const now = await readObject(object, { api });
      const { uid = '', resourceVersion = '' } = now ? metadataOf(now) : {};
      const prior = { uid, resourceVersion, type, keys: [], replaced: [], recreate: false, ...from };
      const base = { kind: 'pull-secret', id: `pull-secret:${team}/Secret/regcred`, ...planned, object } as const;
      return { ...base, key, user, type, from: now ? prior : 'absent' };
    },
    shown,
    previewed: (preview, shownBefore) => String(applyPatch(shownBefore, `${preview}\n`)),
    edit: async (api) => {
      const stranger = { '.dockerconfigjson': encoded({ auths: {} }) };
      const path = objectPath(object);
      if (await readObject(object, { api }))
        await api.patch(path, { data: stranger }, { type: 'merge', fieldManager: 'kubectl', project: () => undefined });
      else await api.create(path.slice(0, path.lastIndexOf('/')), { ...secretJson(stranger) }, () => undefined);
    },
    edited: {
      plan: 'prepare refused OBJECT_CHANGED_SINCE_PLAN',
      run: `undo refused ${before ? 'PULL_SECRET_CHANGED_SINCE_RUN' : 'PULL_SECRET_NOT_OF_RUN'}`,
    },
  };
}

function secretJson(data: Readonly<Record<string, string>>) {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'regcred', namespace: team }, type, data };
}

export const fixture: ObjectFixture<PullSecretAction> = {
  kind: pullSecretKind,
  testCases: {
    'a pull secret is made': testCase(undefined),
    'a login is added': testCase(there, { keys: ['quay.io'] }),
    'a Secret of another type is re-created': testCase(opaque, { type: 'Opaque', recreate: true }),
  },
};
