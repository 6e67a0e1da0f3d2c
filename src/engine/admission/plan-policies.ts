import { isOurs, isWanted } from '../../actions/manifest/manifest-state.ts';
import type { ManifestAction } from '../../actions/manifest/manifest-action.ts';
import type { ObjectReference } from '../../actions/cluster-action.ts';
import { objectWords } from '../../actions/object-words.ts';
import { readObject } from '../../actions/read-object.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { appliable } from '../../kubernetes/appliable.ts';
import { planHash, type UnsealedPlan } from '../plan-hash.ts';
import { planSchema, type Plan } from '../plan.ts';
import { readClusterUid } from '../rollout/cluster-nodes.ts';
import { imagePolicies, type ImagePolicyOptions } from '../../actions/manifest/image-policy.ts';

export interface PolicyRequest extends ImagePolicyOptions {
  /** In force with these options, or not there at all. */
  readonly remove: boolean;
  readonly signal: AbortSignal;
}

/** The word that stands for the policies in plans, run ids and texts. */
const subject = 'admission-policy';
const group = 'admissionregistration.k8s.io';
const version = 'v1';
const resources: Readonly<Record<string, string>> = {
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
};

/**
 * What has to change in a cluster for its policies to be as asked: each policy before the binding that puts it into
 * force, and the other way round when they go. What is as asked already is left out.
 * @throws NodemendError ADMISSION_POLICY_UNSUPPORTED, OBJECT_NOT_OURS, API_…
 */
export async function planPolicies(api: KubernetesApi, request: PolicyRequest): Promise<Plan> {
  await requireSupport(api, request.signal);
  const objects = imagePolicies(request) as readonly JsonObject[];
  const actions = await Promise.all(objects.map((object) => actionFor(api, object, request)));
  const needed = actions.filter((action) => action !== undefined);
  const ordered = request.remove ? needed.toReversed() : needed;
  const unsealed: UnsealedPlan = {
    schema: planSchema,
    madeAt: new Date().toISOString(),
    target: {
      kind: 'cluster',
      uid: await readClusterUid(api, request.signal),
      context: api.context,
      server: api.server,
    },
    nodes: [],
    problems: [subject],
    actions: [],
    ...(ordered.length === 0 ? {} : { clusterActions: ordered }),
    refused: [],
  };
  return { ...unsealed, hash: planHash(unsealed) };
}

/** ValidatingAdmissionPolicy is v1 since Kubernetes 1.30. */
async function requireSupport(api: KubernetesApi, signal: AbortSignal): Promise<void> {
  const names = await api
    .get(`/apis/${group}/${version}`, resourceNames, signal)
    .catch((error: unknown): readonly string[] => {
      if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return [];
      throw error;
    });
  if (!Object.values(resources).every((name) => names.includes(name)))
    throw new NodemendError('ADMISSION_POLICY_UNSUPPORTED', { server: api.server });
}

function resourceNames(raw: JsonObject): readonly string[] {
  const list = raw['resources'];
  return Array.isArray(list)
    ? list.flatMap((one: JsonObject) => (typeof one['name'] === 'string' ? one['name'] : []))
    : [];
}

async function actionFor(
  api: KubernetesApi,
  wanted: JsonObject,
  { remove, deny }: PolicyRequest,
): Promise<ManifestAction | undefined> {
  const object = referenceOf(wanted);
  const now = await readObject(object, { api });
  if (now && !isOurs(now)) throw new NodemendError('OBJECT_NOT_OURS', { object: objectWords(object) });
  const to = remove ? 'absent' : wanted;
  const action: ManifestAction = {
    kind: 'manifest',
    id: `manifest:${objectWords(object)}`,
    problem: subject,
    cures: [],
    why: { key: remove ? 'open' : 'gate', params: {} },
    ...(deny && !remove ? { disrupts: 'deny' as const } : {}),
    object,
    from: now ? appliable(now) : 'absent',
    to,
  };
  return isWanted(action, now) ? undefined : action;
}

function referenceOf(object: JsonObject): ObjectReference {
  const { kind, metadata } = object as { readonly kind: string; readonly metadata: { readonly name: string } };
  const { name } = metadata;
  return { kind, group, version, resource: resources[kind] ?? '', name };
}
