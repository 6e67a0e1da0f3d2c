import type { EgressGroup } from '../quota.ts';
import { secretText } from '../../../evidence/rate-limit/secret-name.ts';
import { isRead, loginFor, secretsOf, type NamedSecrets, type ObservedPullSecrets } from '../login-of-pod.ts';
import { compareNames } from '../../compare-names.ts';
import type { NodeImages } from '../../../evidence/rate-limit/node-images.ts';
import type { PodTemplate, TemplateImage } from '../../../evidence/rate-limit/pod-template.ts';
import { eligibleNodes, rolloutPulls, type RolloutPulls } from './rollout-pulls.ts';
import type { Rollout } from '../../../evidence/rate-limit/rollout.ts';

/** What a rollout would cost one quota. */
export interface RolloutCost extends RolloutPulls {
  /** Undefined for nodes whose address is not known. */
  readonly group: EgressGroup | undefined;
  /** Nodes that its pods may come to. */
  readonly nodes: readonly string[];
  /** Whether it is more than is left; undefined where that is not known. */
  readonly exhausts: boolean | undefined;
}

export interface WhatIf {
  readonly rollout: Rollout;
  readonly namespace: string;
  /** Pods that it was counted for; undefined for a DaemonSet. */
  readonly replicas: number | undefined;
  readonly images: readonly TemplateImage[];
  /** It names pull secrets that were not read, so that its pulls may count for an account. */
  readonly hasUnreadLogin: boolean;
  /** The one that hurts most comes first. */
  readonly costs: readonly RolloutCost[];
}

export interface WhatIfQuestion {
  readonly rollout: Rollout;
  readonly namespace: string;
  readonly template: PodTemplate;
  readonly nodes: readonly NodeImages[];
  readonly groups: readonly EgressGroup[];
  /** Undefined where no Secrets were read. */
  readonly found: ObservedPullSecrets | undefined;
}

/** What a rollout would cost whom. */
export function whatIf(question: WhatIfQuestion): WhatIf {
  const { rollout, namespace, template, nodes, groups } = question;
  const eligible = eligibleNodes(nodes, template, rollout.kind);
  const replicas = rollout.replicas ?? template.replicas;
  const costOf = (
    group: EgressGroup | undefined,
    images: readonly TemplateImage[],
    mine: readonly NodeImages[],
  ): RolloutCost => {
    const cost = rolloutPulls({ kind: rollout.kind, replicas, images, nodes: mine });
    const remaining = group?.remaining;
    // Nothing is never too much.
    const exhausts = cost.pulls === 0 ? false : remaining === undefined ? undefined : cost.pulls > remaining;
    return { ...cost, group, nodes: mine.map(({ name }) => name).toSorted(compareNames), exhausts };
  };
  const byAccount = Map.groupBy(template.images, accountFinder(question));
  const anonymous = byAccount.get(undefined) ?? [];
  const groupOfNode = new Map(groups.flatMap((group) => group.nodes.map((node) => [node, group] as const)));
  const byAddress = Map.groupBy(eligible, ({ name }) => groupOfNode.get(name));
  const costs = [
    ...[...byAccount].flatMap(([group, images]) => (group === undefined ? [] : [costOf(group, images, eligible)])),
    ...(anonymous.length === 0 ? [] : [...byAddress].map(([group, mine]) => costOf(group, anonymous, mine))),
  ];
  return {
    rollout,
    namespace,
    replicas: rollout.kind === 'daemonset' ? undefined : replicas,
    images: template.images,
    hasUnreadLogin: hasUnread(question),
    costs: costs.toSorted((a, b) => spare(a) - spare(b)),
  };
}

/** Whose account an image is pulled with. */
function accountFinder(question: WhatIfQuestion): (image: TemplateImage) => EgressGroup | undefined {
  const { found, groups } = question;
  const named = namedSecrets(question);
  return ({ image }) => {
    const login = found && loginFor(found, named, image);
    return login && groups.find(({ secrets }) => secrets.some((one) => secretText(one) === secretText(login)));
  };
}

/** A pod without pull secrets of its own is given those of its ServiceAccount, when it is made. */
function namedSecrets({ found, namespace, template: { pullSecrets, serviceAccount } }: WhatIfQuestion): NamedSecrets {
  if (pullSecrets.length > 0 || found === undefined) return { namespace, names: pullSecrets };
  return secretsOf(found, 'serviceAccounts')(namespace, serviceAccount);
}

function hasUnread(question: WhatIfQuestion): boolean {
  const { namespace, names } = namedSecrets(question);
  return names.some((name) => !isRead(question.found ?? [], namespace, name));
}

function spare({ group, pulls }: RolloutCost): number {
  return (group?.remaining ?? Number.MAX_SAFE_INTEGER) - pulls;
}
