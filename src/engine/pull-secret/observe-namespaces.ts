import type { PriorPullSecret } from '../../actions/pull-secret/pull-secret-action.ts';
import { attachedSecrets } from '../../actions/pull-secret-attachment/pull-secret-attachment.ts';
import { metadataOf, readObject } from '../../actions/read-object.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { PodFold } from '../../evidence/fold-pods.ts';
import type { ImageUse } from '../../evidence/pod-facts.ts';
import { projectPod } from '../../evidence/project-pod.ts';
import { projectPullSecret } from '../../evidence/pull-secrets/project-pull-secret.ts';
import { apiPath } from '../../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import type { PullSecretRequest } from './pull-secret-request.ts';

/** One namespace as it is before a login is put there. */
export interface ObservedNamespace {
  readonly namespace: string;
  /** Without what only a plan can say of it; nothing of its data. */
  readonly secret: 'absent' | (Omit<PriorPullSecret, 'replaced' | 'recreate'> & { readonly immutable: boolean });
  readonly accounts: readonly { readonly name: string; readonly uid: string; readonly attached: readonly string[] }[];
  /** What its pods pull, with what they have to log in with. */
  readonly uses: readonly ImageUse[];
}

/** @throws NodemendError NAMESPACE_MISSING, SERVICE_ACCOUNT_MISSING, API_… */
export function observeNamespaces(
  api: KubernetesApi,
  request: PullSecretRequest,
  signal: AbortSignal,
): Promise<readonly ObservedNamespace[]> {
  return Promise.all(request.namespaces.map((namespace) => observe(api, namespace, request, signal)));
}

async function observe(
  api: KubernetesApi,
  namespace: string,
  { name, serviceAccounts }: PullSecretRequest,
  signal: AbortSignal,
): Promise<ObservedNamespace> {
  const core = { group: '', version: 'v1', namespace } as const;
  const secret = await readObject({ ...core, kind: 'Secret', resource: 'secrets', name }, { api });
  const account = (one: string): Promise<JsonObject | undefined> =>
    readObject({ ...core, kind: 'ServiceAccount', resource: 'serviceaccounts', name: one }, { api });
  // Every namespace that is there has it (kube-controller-manager, serviceaccount controller).
  if ((await account('default')) === undefined) throw new NodemendError('NAMESPACE_MISSING', { namespace });
  const accounts = await Promise.all(
    serviceAccounts.map(async (one) => {
      const object = await account(one);
      if (object === undefined) throw new NodemendError('SERVICE_ACCOUNT_MISSING', { namespace, account: one });
      return { name: one, uid: metadataOf(object).uid, attached: attachedSecrets(object) };
    }),
  );
  const fold = new PodFold();
  for (const pod of await api.list(apiPath({ ...core, resource: 'pods' }), { project: projectPod, signal }))
    if (pod) fold.add(pod);
  return { namespace, secret: secret === undefined ? 'absent' : priorOf(secret), accounts, uses: fold.facts().uses };
}

function priorOf(secret: JsonObject): Exclude<ObservedNamespace['secret'], 'absent'> {
  const { uid, resourceVersion } = metadataOf(secret);
  const { type, logins } = projectPullSecret(secret);
  return { uid, resourceVersion, type, keys: logins.map(({ key }) => key), immutable: secret['immutable'] === true };
}
