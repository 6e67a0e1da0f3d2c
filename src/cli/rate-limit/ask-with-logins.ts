import { askAccounts } from '../../evidence/rate-limit/ask-accounts.ts';
import {
  readPullSecrets,
  secretText,
  type FoundSecrets,
  type SecretName,
} from '../../engine/rate-limit/accounts/pull-secrets.ts';
import { registryLogins, type HeldLogin } from '../../evidence/rate-limit/registry-logins.ts';
import type { AskedQuota } from '../../engine/rate-limit/quota.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { createRegistryClient } from '../../registry/client/registry-client.ts';
import type { ImageReference } from '../../registry/reference/image-reference.ts';
import type { CommandContext } from '../command-context.ts';
import { confirm } from '../prompts/confirm.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import type { Texts } from '../../app/texts/texts.ts';

export interface LoginsQuestion {
  readonly api: KubernetesApi;
  readonly image: ImageReference;
  readonly namespaces: readonly string[];
  /** Pull secrets that pods would name which are not there yet. */
  readonly more: readonly SecretName[];
  readonly yes: boolean;
  /** The command's words, to be typed again with `--yes`. */
  readonly command: readonly string[];
  readonly texts: Texts;
}

export interface LoginsAnswer {
  readonly asked: readonly AskedQuota[];
  readonly found: FoundSecrets;
}

/**
 * Reads the pull secrets of the namespaces, shows which host their logins would be sent to, and asks with each of them
 * once that is approved.
 * @throws NodemendError APPROVAL_MISSING, APPROVAL_DECLINED, API_…
 */
export async function askWithLogins(question: LoginsQuestion, context: CommandContext): Promise<LoginsAnswer> {
  const found = await readPullSecrets(question.api, {
    namespaces: question.namespaces,
    more: question.more,
    signal: context.interrupt,
  });
  const logins = registryLogins(found.secrets, question.image);
  const unreadable = found.errors.map((error): AskedQuota => ({
    node: undefined,
    secrets: [],
    quota: { state: 'unknown', error },
  }));
  if (logins.length === 0) noteNone(question, context);
  const asked = logins.length === 0 ? [] : await askApproved(logins, question, context);
  return { asked: [...asked, ...unreadable], found };
}

function noteNone({ image, namespaces, texts: { t } }: LoginsQuestion, { output }: CommandContext): void {
  output.notes.write(`${t('rateLimit.noLogin', { registry: image.registry, namespaces: namespaces.join(', ') })}\n`);
}

async function askApproved(
  logins: readonly HeldLogin[],
  question: LoginsQuestion,
  context: CommandContext,
): Promise<readonly AskedQuota[]> {
  const { environment, interrupt: signal } = context;
  const host = await findLoginHost(question.image, context);
  if (host instanceof NodemendError)
    return logins.map(({ secrets }) => ({ node: undefined, secrets, quota: { state: 'unknown', error: host } }));
  await approve(host, logins, question, context);
  return askAccounts({ image: question.image, logins, environment, loginHosts: new Set([host]), signal });
}

/** Where the logins would go, or why nobody knows. */
async function findLoginHost(
  image: ImageReference,
  { environment, interrupt }: CommandContext,
): Promise<string | NodemendError> {
  const client = createRegistryClient({ environment });
  try {
    return (
      (await client.findLoginHost(image, interrupt)) ??
      new NodemendError('REGISTRY_WANTS_NO_LOGIN', { host: image.registry })
    );
  } catch (error) {
    if (isNodemendError(error)) return error;
    throw error;
  } finally {
    await client.close();
  }
}

async function approve(
  host: string,
  logins: readonly HeldLogin[],
  { texts: { t }, yes, command }: LoginsQuestion,
  { output, interrupt }: CommandContext,
): Promise<void> {
  const secrets = logins.flatMap((login) => login.secrets.map(secretText)).join(', ');
  const question = t('rateLimit.sendLogins', { host, secrets });
  if (yes) output.notes.write(`${question}\n`);
  else
    await confirm(
      { question, what: 'login', command: commandLine(['nodemend', ...command, '--yes']), signal: interrupt },
      output.notes,
      t,
    );
}
