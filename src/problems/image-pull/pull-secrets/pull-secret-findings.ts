import type { NamespacePullSecrets } from '../../../evidence/pull-secrets/pull-secret.ts';
import type { Evidence } from '../../../evidence/evidence.ts';
import type { PodFacts, PodWarning, WaitingContainer } from '../../../evidence/pod-facts.ts';
import type { Finding } from '../../problem.ts';
import { notLookedAt, trouble, unknown } from '../finding.ts';
import { failsForLoginSent, loginFindings } from './login-findings.ts';
import { NamespaceSecrets } from './namespace-secrets.ts';
import { pullSecretCommand } from './pull-secret-command.ts';
import { findPulls, failsForLogin, keyOf, mayFailForLogin, workloadsOf, type Pull } from './pull.ts';
import { failsForSecret, secretFindings } from './secret-findings.ts';
import { unretrievedSecrets } from './unretrieved.ts';

/**
 * Where namespaces were named for it, what is wrong with the pull secrets there; elsewhere what kubelet says of them,
 * and what would look.
 */
export function pullSecretFindings({ cluster, collectedAt }: Evidence): readonly Finding[] {
  if (cluster.state !== 'seen' || cluster.value.pods?.state !== 'seen') return [];
  const { pods, events, pullSecrets } = cluster.value;
  if (pullSecrets?.state === 'unknown')
    return [
      unknown(
        { rule: 'pull-secrets-unknown', subject: { kind: 'cluster' }, evidence: ['cluster#pull-secrets'] },
        pullSecrets.reason,
      ),
    ];
  const read = pullSecrets?.state === 'seen' ? pullSecrets.value : [];
  return judgePullSecrets({
    pods: pods.value,
    events: events?.state === 'seen' ? events.value : [],
    read,
    now: collectedAt,
  });
}

interface Seeing {
  readonly pods: PodFacts;
  readonly events: readonly PodWarning[];
  readonly read: readonly NamespacePullSecrets[];
  /** RFC 3339. */
  readonly now: string;
}

function judgePullSecrets({ pods, events, read, now }: Seeing): readonly Finding[] {
  const pulls = findPulls(pods, events);
  const looked = new Set(read.map(({ namespace }) => namespace));
  const unseen = pulls.filter(({ use }) => !looked.has(use.namespace));
  return [
    ...read.flatMap((one) =>
      inNamespace(one, { pulls: pulls.filter(({ use }) => use.namespace === one.namespace), read, now }),
    ),
    ...accountsUnknown(read),
    ...unretrievedSecrets(events)
      .filter(({ namespace }) => !looked.has(namespace))
      .map((one) => notRetrieved(one, unseen)),
    ...notLooked(unseen.filter(failsForLogin)),
  ];
}

function inNamespace(
  one: NamespacePullSecrets,
  { pulls, read, now }: Pick<Seeing, 'read' | 'now'> & { readonly pulls: readonly Pull[] },
): readonly Finding[] {
  const secrets = new NamespaceSecrets(one);
  const named = namesIn(one, pulls);
  return [
    ...one.secrets
      .filter(({ name }) => named.has(name))
      .flatMap(({ name }) =>
        secretFindings(
          { namespace: one.namespace, name, pulls: pulls.filter(({ use }) => use.pullSecrets.includes(name)) },
          secrets,
          read,
          now,
        ),
      ),
    ...loginFindings(pulls, secrets, now),
  ];
}

/**
 * Which containers wait for a login that an exact finding is about: it says what the registry's refusal, reported for
 * the registry, would say again with less.
 */
export function toldOfLogins({ cluster, collectedAt: now }: Evidence): (waiting: WaitingContainer) => boolean {
  if (cluster.state !== 'seen' || cluster.value.pods?.state !== 'seen') return () => false;
  const { pods, events, pullSecrets } = cluster.value;
  const read = pullSecrets?.state === 'seen' ? pullSecrets.value : [];
  const pulls = findPulls(pods.value, events?.state === 'seen' ? events.value : []).filter(failsForLogin);
  const told = read.flatMap((one) => {
    const secrets = new NamespaceSecrets(one);
    const here = pulls.filter(({ use }) => use.namespace === one.namespace);
    const ofSecret = (pull: Pull): boolean =>
      pull.use.pullSecrets.some((name) => {
        const named = { namespace: one.namespace, name, pulls: here };
        return failsForSecret(pull, { named, secrets, others: read, now });
      });
    return here.filter((pull) => ofSecret(pull) || failsForLoginSent(pull, secrets, now));
  });
  const keys = new Set(told.map(({ use }) => keyOf(use)));
  return (waiting) => keys.has(keyOf(waiting));
}

/** A Secret of the name that another namespace lacks does not concern this one. */
function namesIn({ serviceAccounts }: NamespacePullSecrets, pulls: readonly Pull[]): ReadonlySet<string> {
  const attached =
    serviceAccounts.state === 'seen' ? serviceAccounts.value.flatMap(({ pullSecrets }) => pullSecrets) : [];
  return new Set([...pulls.flatMap(({ use }) => use.pullSecrets), ...attached]);
}

function accountsUnknown(read: readonly NamespacePullSecrets[]): readonly Finding[] {
  const unread = read.filter(({ serviceAccounts }) => serviceAccounts.state === 'unknown');
  const [first] = unread;
  if (first?.serviceAccounts.state !== 'unknown') return [];
  const params = { namespaces: unread.map(({ namespace }) => namespace).join(', ') };
  return [
    unknown(
      { rule: 'service-accounts-unknown', subject: { kind: 'cluster' }, params, evidence: ['cluster#pull-secrets'] },
      first.serviceAccounts.reason,
    ),
  ];
}

/** Events outlive what they report: it may have been made since. */
function notRetrieved(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  unseen: readonly Pull[],
): Finding {
  const pulls = unseen.filter(({ use }) => use.namespace === namespace && use.pullSecrets.includes(name));
  const failing = pulls.filter(mayFailForLogin);
  const ofThem = failing.length > 0 ? failing : pulls;
  const command = pullSecretCommand({ registry: ofThem[0]?.reference.registry ?? 'REGISTRY', name, namespace });
  return trouble({
    status: failing.length > 0 ? 'fail' : 'warn',
    rule: 'secret-not-retrieved',
    subject: { kind: 'secret', name, namespace },
    params: { secret: name, namespace, command },
    facts: { workloads: workloadsOf(ofThem) },
    evidence: ['cluster#events', 'cluster#pods'],
  });
}

function notLooked(failing: readonly Pull[]): readonly Finding[] {
  if (failing.length === 0) return [];
  const namespaces = [...new Set(failing.map(({ use }) => use.namespace))].toSorted().join(',');
  return [
    notLookedAt(
      {
        rule: 'pull-secrets-not-looked-at',
        subject: { kind: 'cluster' },
        params: { namespaces },
        evidence: ['cluster#pull-secrets'],
      },
      `--use-secrets ${namespaces}`,
    ),
  ];
}
