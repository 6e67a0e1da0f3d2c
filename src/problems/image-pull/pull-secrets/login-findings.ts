import type { Finding } from '../../problem.ts';
import { trouble } from '../finding.ts';
import { isMeantFor, keyFor, retiredKey } from './meant-for.ts';
import type { NamespaceSecrets } from './namespace-secrets.ts';
import { pullSecretCommand, usualName } from './pull-secret-command.ts';
import { failsForLogin, mayFailForLogin, workloadsOf, type Pull } from './pull.ts';

const evidence = ['cluster#pods', 'cluster#pull-secrets'];

/** What pulls that fail have to log in with, against what they would need. */
type Verdict =
  /** A Secret has a login that people meant for this registry, under a key that kubelet does not take so. */
  | { readonly rule: 'secret-wrong-key'; readonly secret: string; readonly key: string }
  /** kubelet sends a login, and the registry does not take it. */
  | { readonly rule: 'login-refused'; readonly secret: string; readonly key: string }
  /** The ServiceAccount has got a fitting Secret since these pods were made. */
  | { readonly rule: 'attached-later'; readonly secret: string }
  | { readonly rule: 'no-login' };

/** Pulls that fail for their login although nothing is wrong with a Secret by itself. */
export function loginFindings(pulls: readonly Pull[], secrets: NamespaceSecrets, now: string): readonly Finding[] {
  const judged = pulls.flatMap((pull) => {
    const verdict = judge(pull, secrets, now);
    return verdict === undefined ? [] : [{ pull, verdict }];
  });
  const groups = Map.groupBy(judged, ({ pull, verdict }) =>
    [verdict.rule, 'key' in verdict ? verdict.secret : pull.use.owner.name].join('\n'),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first
      ? [
          told(
            first.verdict,
            first.pull,
            group.map(({ pull }) => pull),
          ),
        ]
      : [];
  });
}

/** Whether it is known what this pull logs in with, and not only that it may have to. */
export function failsForLoginSent(pull: Pull, secrets: NamespaceSecrets, now: string): boolean {
  const verdict = judge(pull, secrets, now);
  if (verdict === undefined) return false;
  // The name may be misspelt just as well: the finding about the image says so.
  return verdict.rule !== 'no-login' || pull.failure?.cause === 'auth-required';
}

function judge(pull: Pull, secrets: NamespaceSecrets, now: string): Verdict | undefined {
  const { use, reference } = pull;
  if (!mayFailForLogin(pull)) return undefined;
  const [tried, ...more] = secrets.loginsFor(use.pullSecrets, reference);
  if (tried !== undefined) {
    // One that is at its end or holds no password is a finding of its Secret.
    const good = [tried, ...more].find(
      ({ holds, expires }) => holds === 'password' && (expires === undefined || expires > now),
    );
    return good !== undefined && failsForLogin(pull)
      ? { rule: 'login-refused', secret: good.secret, key: good.key }
      : undefined;
  }
  const meant = secrets.logins(use.pullSecrets).find(({ key }) => isMeantFor(key, reference));
  if (meant !== undefined) return { rule: 'secret-wrong-key', secret: meant.secret, key: meant.key };
  return failsForLogin(pull) ? withoutLogin(pull, secrets) : undefined;
}

function withoutLogin({ use, reference }: Pull, secrets: NamespaceSecrets): Verdict | undefined {
  // Told of the Secret: it is missing, broken, or for the registry's old name.
  const isTold =
    use.pullSecrets.some((name) => !secrets.has(name)) ||
    secrets.logins(use.pullSecrets).some(({ key }) => retiredKey(key)?.successor === reference.registry);
  if (isTold) return undefined;
  const [later] = secrets.loginsFor(secrets.attachedTo(use.serviceAccount), reference);
  return later === undefined ? { rule: 'no-login' } : { rule: 'attached-later', secret: later.secret };
}

/** One for each Secret, or for each workload. */
function told(verdict: Verdict, first: Pull, pulls: readonly Pull[]): Finding {
  const { use, reference } = first;
  const { registry } = reference;
  const { namespace } = use;
  const secret = 'secret' in verdict ? verdict.secret : (use.pullSecrets[0] ?? usualName);
  return trouble({
    status: 'fail',
    rule: verdict.rule,
    subject:
      'key' in verdict
        ? { kind: 'secret', name: secret, namespace }
        : { kind: 'workload', name: use.owner.name, namespace },
    params: {
      registry,
      secret,
      namespace,
      command: pullSecretCommand({
        registry,
        name: secret,
        namespace,
        ...(use.pullSecrets.length === 0 ? { serviceAccount: use.serviceAccount || 'default' } : {}),
      }),
      ...('key' in verdict ? { key: verdict.key, expected: keyFor(registry) } : {}),
    },
    facts: {
      pods: pulls.reduce((sum, { failure }) => sum + (failure?.pods ?? 0), 0),
      workloads: workloadsOf(pulls),
      images: [...new Set(pulls.map((one) => one.use.image))],
    },
    evidence,
  });
}
