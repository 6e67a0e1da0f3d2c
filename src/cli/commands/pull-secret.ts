import { Option, type Command } from 'commander';
import type { PullSecretRequest } from '../../engine/pull-secret/pull-secret-request.ts';
import { leftBehind } from '../../engine/pull-secret/left-behind.ts';
import type { ObservedNamespace } from '../../engine/pull-secret/observe-namespaces.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import { withOpened, type OpenedSession } from '../../app/evidence/collect.ts';
import { planLogin } from '../../app/pull-secret/plan-login.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { collectWords, namedCommand } from '../options/shared.ts';
import { givenLogin, type LoginOptions } from '../prompts/given-login.ts';
import { leftBehindLines } from '../render/left-behind-lines.ts';
import { dependenciesOf, withApproval } from '../options/rollout.ts';
import { namespaceNames } from '../options/secret-namespaces.ts';
import { openSession, type CommandSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { SessionOptions } from '../options/session-options.ts';
import { applyChange } from '../runs/apply-change.ts';

const command = 'pull-secret';

interface PullSecretOptions extends LoginOptions {
  readonly config?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly registry: string;
  readonly name: string;
  readonly namespace: readonly string[];
  readonly serviceAccount?: readonly string[];
  readonly plainHttp?: boolean;
  readonly yes?: boolean;
  readonly verbose?: boolean;
}

export function define({ t }: Texts, run: RunCommand): Command {
  return withApproval(namedCommand(command, t), t)
    .addOption(new Option('--kubeconfig <file>', t('option.kubeconfig')))
    .addOption(new Option('--context <name>', t('option.context')))
    .addOption(new Option('--registry <host>', t('option.pullSecretRegistry')).makeOptionMandatory())
    .addOption(new Option('--name <secret>', t('option.pullSecretName')).makeOptionMandatory())
    .addOption(
      new Option('-n, --namespace <names>', t('option.pullSecretNamespace'))
        .argParser(collectWords)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--service-account <name>', t('option.serviceAccount')).argParser(collectWords))
    .addOption(new Option('--username <name>', t('option.username')))
    .addOption(new Option('--password-stdin', t('option.passwordStdin')).conflicts('credentialHelper'))
    .addOption(new Option('--credential-helper <name>', t('option.credentialHelper')))
    .addOption(new Option('--plain-http', t('option.plainHttp')))
    .action((options: PullSecretOptions) => run((context) => pullSecret(context, options)));
}

async function pullSecret(given: CommandContext, options: PullSecretOptions): Promise<number> {
  // The Secret belongs to no problem.
  const context = await withProblems(given, []);
  const place = requestedPlace(options);
  const session = await openSession(context, clusterOptions(options), command);
  return withOpened(session, async (opened) => {
    const { api } = opened;
    // There is no hosts file to be had here.
    if (!api) throw new NodemendError('PLAN_UNBOUND');
    const { t } = session.texts;
    const { plan, namespaces, login } = await planLogin(
      {
        api,
        place,
        login: () => givenLogin(options, place.registry, t, context),
        plainHttp: options.plainHttp === true,
        onChecked: (answer, user) => {
          const words = answer === 'accepted' ? 'pullSecret.accepted' : 'pullSecret.notAsked';
          context.output.notes.write(`${t(words, { registry: place.registry, user })}\n`);
        },
      },
      context,
    );
    const dependencies = {
      ...dependenciesOf({
        context,
        session,
        opened: { api, transport: undefined } satisfies OpenedSession,
        options,
        command,
        targets: [],
      }),
      secret: () => login.password.reveal(),
    };
    const exit = await applyChange(
      { nodes: [], targets: [], plan, nks: false },
      { dependencies, session, command: commandWords(options), yes: options.yes === true },
      context,
    );
    if (exit === 0) tellLeftBehind(namespaces, { ...place, user: login.user }, session, context);
    return exit;
  });
}

type RequestedPlace = Omit<PullSecretRequest, 'user'>;

/** @throws NodemendError USAGE */
function requestedPlace({ registry, name, namespace, serviceAccount = [] }: PullSecretOptions): RequestedPlace {
  const usage = (context: string, typed: string, value: string): NodemendError =>
    new NodemendError('USAGE', { command, context, typed, value });
  const reference = parseReference(`${registry}/a/b`);
  // `nginx` would be a part of Docker Hub, and `ghcr.io/team` an image.
  if (isInvalid(reference) || reference.repository !== 'a/b' || reference.registry === '')
    throw usage('registry', '--registry', registry);
  const names = [name, ...serviceAccount];
  const wrong = names.findIndex((one) => !/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u.test(one));
  if (wrong !== -1) throw usage('objectName', wrong === 0 ? '--name' : '--service-account', names[wrong] ?? '');
  const namespaces = namespaceNames({ option: '--namespace', values: namespace, command });
  return { registry: reference.registry, name, namespaces, serviceAccounts: [...new Set(serviceAccount)] };
}

/** `--namespace` and `--username` mean something else here than where nodes are asked. */
function clusterOptions({ config, kubeconfig, context }: PullSecretOptions): SessionOptions {
  return Object.fromEntries(Object.entries({ config, kubeconfig, context }).filter(([, value]) => value !== undefined));
}

/** The command as it was typed; the password is not part of it. */
function commandWords(options: PullSecretOptions): readonly string[] {
  const {
    registry,
    name,
    namespace,
    serviceAccount = [],
    username,
    passwordStdin,
    credentialHelper,
    plainHttp,
  } = options;
  return [
    command,
    '--registry',
    registry,
    '--name',
    name,
    ...namespace.flatMap((one) => ['--namespace', one]),
    ...serviceAccount.flatMap((one) => ['--service-account', one]),
    ...(username === undefined ? [] : ['--username', username]),
    ...(passwordStdin === true ? ['--password-stdin'] : []),
    ...(credentialHelper === undefined ? [] : ['--credential-helper', credentialHelper]),
    ...(plainHttp === true ? ['--plain-http'] : []),
  ];
}

/** Who still pulls without it, now that it is there. */
function tellLeftBehind(
  namespaces: readonly ObservedNamespace[],
  request: PullSecretRequest,
  session: CommandSession,
  { output: { notes } }: CommandContext,
): void {
  const lines = leftBehindLines(leftBehind(namespaces, request), request, { t: session.texts.t, width: notes.width });
  notes.write(lines.map((line) => `${line}\n`).join(''));
}
