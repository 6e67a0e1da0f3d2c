import { observeNamespaces, type ObservedNamespace } from '../../engine/pull-secret/observe-namespaces.ts';
import { planPullSecret } from '../../engine/pull-secret/plan-pull-secret.ts';
import type { PullSecretRequest } from '../../engine/pull-secret/pull-secret-request.ts';
import type { Plan } from '../../engine/plan.ts';
import { readClusterUid } from '../../engine/rollout/cluster-nodes.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { Ports } from '../ports.ts';
import { checkLogin, type LoginAnswer } from './check-login.ts';
import type { HeldLogin } from './docker-credential.ts';

export interface LoginRequest {
  readonly api: KubernetesApi;
  /** Where the pull secret goes, and for which registry. */
  readonly place: Omit<PullSecretRequest, 'user'>;
  /** Asked for once it is known that the namespaces and what is in them are there. */
  readonly login: () => Promise<HeldLogin>;
  readonly plainHttp: boolean;
  readonly onChecked: (answer: LoginAnswer, user: string) => void;
}

export interface PlannedLogin {
  readonly plan: Plan;
  readonly namespaces: readonly ObservedNamespace[];
  /** What no plan and no record holds: the run is given it beside them. */
  readonly login: HeldLogin;
}

/** @throws NodemendError NAMESPACE_MISSING, SERVICE_ACCOUNT_MISSING, API_…, LOGIN_REFUSED, LOGIN_UNCHECKED, and what `login` throws */
export async function planLogin(request: LoginRequest, ports: Ports): Promise<PlannedLogin> {
  const { api, place, plainHttp, onChecked } = request;
  const namespaces = await observeNamespaces(api, { ...place, user: '' }, ports.interrupt);
  const login = await request.login();
  onChecked(await checkLogin({ registry: place.registry, login, plainHttp }, ports), login.user);
  const uid = await readClusterUid(api, ports.interrupt);
  const plan = planPullSecret({
    request: { ...place, user: login.user },
    namespaces,
    target: { kind: 'cluster', uid, context: api.context, server: api.server },
    madeAt: ports.now().toISOString(),
  });
  return { plan, namespaces, login };
}
