import type {
  NamespacePullSecrets,
  PullSecret,
  PullSecretProblem,
} from '../../../evidence/pull-secrets/pull-secret.ts';
import type { TextParams } from '../../../locales/translator.ts';
import type { Finding } from '../../problem.ts';
import { trouble, unknown, type RuleFor } from '../finding.ts';
import { retiredKey } from './meant-for.ts';
import type { NamespaceSecrets } from './namespace-secrets.ts';
import { pullSecretCommand } from './pull-secret-command.ts';
import { mayFailForBrokenSecret, mayFailForLogin, workloadsOf, type Pull } from './pull.ts';

const evidence = ['cluster#pull-secrets', 'cluster#pods'];

/** A Secret, and the pulls that name it. */
export interface NamedPulls {
  readonly namespace: string;
  readonly name: string;
  /** Of this namespace. */
  readonly pulls: readonly Pull[];
}

interface Trouble {
  readonly rule: RuleFor<'fail'> & RuleFor<'warn'>;
  readonly text?: string;
  readonly params?: TextParams;
  /** Which of the pulls fail because of it. */
  readonly fails: (pull: Pull) => boolean;
  /** To be typed; without it the first registry of the pulls. */
  readonly registry?: string;
}

/**
 * What is wrong with a Secret itself, whoever names it; pods that run from images on their node fail at their next
 * pull.
 */
export function secretFindings(
  named: NamedPulls,
  secrets: NamespaceSecrets,
  others: readonly NamespacePullSecrets[],
  now: string,
): readonly Finding[] {
  const secret = secrets.secret(named.name);
  if (secret === undefined || secret.state === 'not-looked-at') return [];
  if (secret.state === 'unknown') {
    const { namespace, name } = named;
    return [
      unknown(
        {
          rule: 'pull-secret-unknown',
          subject: { kind: 'secret', name, namespace },
          params: { namespace, secret: name },
          evidence,
        },
        secret.reason,
      ),
    ];
  }
  return troublesIn(secret.value, { named, secrets, now }, others).map((one) => told(named, one));
}

/** Whether a pull fails for what is wrong with this Secret, as a finding of it says. */
export function failsForSecret(
  pull: Pull,
  { others, ...judging }: Judging & { readonly others: readonly NamespacePullSecrets[] },
): boolean {
  const secret = judging.secrets.secret(judging.named.name);
  return secret?.state === 'seen' && troublesIn(secret.value, judging, others).some(({ fails }) => fails(pull));
}

function troublesIn(
  secret: PullSecret | 'absent',
  judging: Judging,
  others: readonly NamespacePullSecrets[],
): readonly Trouble[] {
  return secret === 'absent' ? [absent(judging.named.name, others)] : troublesOf(secret, judging);
}

/** A Secret under this name elsewhere does not help: kubelet looks in the pod's own namespace. */
function absent(name: string, others: readonly NamespacePullSecrets[]): Trouble {
  const elsewhere = others.filter(({ secrets }) =>
    secrets.some((one) => one.name === name && one.secret.state === 'seen' && one.secret.value !== 'absent'),
  );
  const fails = mayFailForLogin;
  return elsewhere[0] === undefined
    ? { rule: 'secret-missing', fails }
    : { rule: 'secret-missing', text: 'findings.secret-elsewhere', params: { other: elsewhere[0].namespace }, fails };
}

interface Judging {
  readonly named: NamedPulls;
  readonly secrets: NamespaceSecrets;
  readonly now: string;
}

function troublesOf({ type, problem, logins }: PullSecret, { named, secrets, now }: Judging): readonly Trouble[] {
  if (problem !== undefined) return [broken(type, problem)];
  const uses = (key: string) => (pull: Pull) =>
    secrets.loginsFor([named.name], pull.reference).some((login) => login.key === key);
  const isFor = (key: string) => (pull: Pull) => mayFailForLogin(pull) && uses(key)(pull);
  // One that no pull would use troubles nobody.
  const used = logins.filter(({ key }) => named.pulls.some(uses(key)));
  const ended = used
    .filter(({ expires }) => expires !== undefined && expires <= now)
    .map(({ key, expires = '' }): Trouble => ({
      rule: 'secret-expired',
      params: { key, at: expires },
      fails: isFor(key),
      registry: registryOf(key),
    }));
  const empty = used
    .filter(({ holds }) => holds !== 'password')
    .map(({ key }): Trouble => ({
      rule: 'secret-without-password',
      params: { key },
      fails: isFor(key),
      registry: registryOf(key),
    }));
  const retired = logins.flatMap(({ key }) => {
    const old = retiredKey(key);
    // Beside the login of its successor it is only left over.
    if (old === undefined || logins.some((login) => login.key === old.successor)) return [];
    const { registry, successor } = old;
    const fails = (pull: Pull): boolean =>
      mayFailForLogin(pull) &&
      pull.reference.registry === successor &&
      secrets.loginsFor(pull.use.pullSecrets, pull.reference).length === 0;
    const words =
      successor === undefined
        ? { text: 'findings.secret-retired-key-alone', params: { key } }
        : { params: { key, successor } };
    return [{ rule: 'secret-retired-key', ...words, fails, registry: successor ?? registry } as const];
  });
  // One finding of a rule for each Secret: its first key stands for the others.
  return [ended[0], empty[0], retired[0]].filter((one) => one !== undefined);
}

function broken(type: string, { kind, key = '' }: PullSecretProblem): Trouble {
  switch (kind) {
    case 'wrong-type':
      return { rule: 'secret-wrong-type', params: { type }, fails: mayFailForLogin };
    case 'empty':
    case 'no-data':
      return { rule: 'secret-broken', text: 'findings.secret-broken-empty', fails: mayFailForBrokenSecret };
    case 'not-json':
    case 'wrong-shape':
      return { rule: 'secret-broken', text: 'findings.secret-broken-json', fails: mayFailForBrokenSecret };
    case 'auth-not-base64':
    case 'auth-without-colon':
      return {
        rule: 'secret-broken',
        text: 'findings.secret-broken-auth',
        params: { key },
        fails: mayFailForBrokenSecret,
      };
  }
}

function told({ namespace, name, pulls }: NamedPulls, { rule, text, params = {}, fails, registry }: Trouble): Finding {
  const failing = pulls.filter(fails);
  const ofThem = failing.length > 0 ? failing : pulls;
  const command = pullSecretCommand({
    registry: registry ?? ofThem[0]?.reference.registry ?? 'REGISTRY',
    name,
    namespace,
  });
  return trouble({
    status: failing.length > 0 ? 'fail' : 'warn',
    rule,
    text,
    subject: { kind: 'secret', name, namespace },
    params: { secret: name, namespace, command, ...params },
    facts: {
      ...(failing.length > 0 ? { pods: failing.reduce((sum, { failure }) => sum + (failure?.pods ?? 0), 0) } : {}),
      workloads: workloadsOf(ofThem),
    },
    evidence,
  });
}

/** As people write a registry: Docker Hub's key is an address that nobody types. */
function registryOf(key: string): string {
  const host = key.replace(/^https?:\/\//u, '').split('/')[0] ?? key;
  return host === 'index.docker.io' ? 'docker.io' : host;
}
