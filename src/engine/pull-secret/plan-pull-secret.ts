import type { ClusterActionSpec } from '../../actions/cluster-action-kinds.ts';
import type { PriorPullSecret, PullSecretAction } from '../../actions/pull-secret/pull-secret-action.ts';
import type { PullSecretAttachmentAction } from '../../actions/pull-secret-attachment/pull-secret-attachment-action.ts';
import { objectWords } from '../../actions/object-words.ts';
import { replacedKeys } from '../../actions/pull-secret/secret-content.ts';
import { isDockerConfigType } from '../../registry/docker-config/docker-config.ts';
import { hubKey } from '../../registry/docker-config/keyring.ts';
import { planHash } from '../plan-hash.ts';
import { planSchema, type Plan, type PlanTarget } from '../plan.ts';
import type { ObservedNamespace } from './observe-namespaces.ts';
import type { PullSecretRequest } from './pull-secret-request.ts';

/** The word that stands for it in plans, run ids and texts. */
const problem = 'pull-secret';

export interface PullSecretPlanning {
  readonly request: PullSecretRequest;
  readonly namespaces: readonly ObservedNamespace[];
  readonly target: PlanTarget;
  /** RFC 3339. */
  readonly madeAt: string;
}

/**
 * All Secrets first, then the ServiceAccounts that hand them out. Pure and deterministic; no password is part of it.
 */
export function planPullSecret({ request, namespaces, target, madeAt }: PullSecretPlanning): Plan {
  const clusterActions: readonly ClusterActionSpec[] = [
    ...namespaces.map((one) => secretAction(one, request)),
    ...namespaces.flatMap((one) =>
      one.accounts
        .filter(({ attached }) => !attached.includes(request.name))
        .map((account) => attachment(one.namespace, account, request.name)),
    ),
  ];
  const unsealed = {
    schema: planSchema,
    madeAt,
    target,
    nodes: [],
    problems: [problem],
    actions: [],
    clusterActions,
    refused: [],
  } satisfies Omit<Plan, 'hash'>;
  return { ...unsealed, hash: planHash(unsealed) };
}

function secretAction(
  { namespace, secret }: ObservedNamespace,
  { registry, user, name }: PullSecretRequest,
): PullSecretAction {
  const object = { kind: 'Secret', group: '', version: 'v1', resource: 'secrets', namespace, name } as const;
  const key = registry === 'docker.io' ? hubKey : registry;
  const type = secret !== 'absent' && isDockerConfigType(secret.type) ? secret.type : 'kubernetes.io/dockerconfigjson';
  const from = secret === 'absent' ? secret : priorOf(secret, { key, type });
  const why = from === 'absent' ? 'create' : from.recreate ? 'recreate' : 'change';
  return {
    kind: 'pull-secret',
    id: `pull-secret:${objectWords(object)}`,
    problem,
    cures: [],
    why: { key: why, params: { registry, user } },
    object,
    key,
    user,
    type,
    from,
  };
}

function priorOf(
  { immutable, ...prior }: Exclude<ObservedNamespace['secret'], 'absent'>,
  { key, type }: { readonly key: string; readonly type: string },
): PriorPullSecret {
  // The API server changes neither the type of a Secret nor anything of one that is immutable.
  const recreate = immutable || prior.type !== type;
  return { ...prior, replaced: replacedKeys(prior.keys, key), recreate };
}

function attachment(
  namespace: string,
  { name, uid, attached }: ObservedNamespace['accounts'][number],
  secret: string,
): PullSecretAttachmentAction {
  const object = {
    kind: 'ServiceAccount',
    group: '',
    version: 'v1',
    resource: 'serviceaccounts',
    namespace,
    name,
  } as const;
  return {
    kind: 'pull-secret-attachment',
    id: `pull-secret-attachment:${objectWords(object)}`,
    problem,
    cures: [],
    why: { key: 'attach', params: { secret } },
    object,
    uid,
    from: attached,
    secret,
  };
}
