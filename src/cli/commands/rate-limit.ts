import { Command, Option } from 'commander';
import { askFromNodes } from '../../engine/rate-limit/ask-nodes.ts';
import { askQuota, quotaExit, type AskedQuota } from '../../engine/rate-limit/quota.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { createRegistryClient } from '../../registry/client/registry-client.ts';
import { isInvalid, parseReference, type ImageReference } from '../../registry/reference/image-reference.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened, type OpenedSession } from '../collect.ts';
import { nodeProgress } from '../node-progress.ts';
import { collectWords, documentFormats, outputOption, withAccess, withCommon, withTargets, type AccessOptions, type SecretOptions, type TargetOptions } from '../options.ts';
import { askWithLogins } from '../rate-limit/ask-with-logins.ts';
import { rateLimitDocument } from '../rate-limit/document.ts';
import { inFormat, type OutputFormat } from '../render/in-format.ts';
import { renderRateLimit } from '../render/rate-limit.ts';
import { contextFor } from '../render/render-context.ts';
import { openSession, type Session } from '../session.ts';
import type { Texts } from '../text.ts';
import { writeResult } from '../write-result.ts';

interface RateLimitOptions extends TargetOptions, AccessOptions, SecretOptions {
  readonly image: string;
  readonly plainHttp?: boolean;
  readonly yes?: boolean;
  readonly output: OutputFormat;
  readonly out?: string;
}

/** Set aside by Docker for this question (docs.docker.com, "Docker Hub usage and limits"). */
const previewImage = 'ratelimitpreview/test';

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('rate-limit').summary(t('command.rate-limit.summary')).description(t('command.rate-limit.description'));
  return withAccess(withTargets(withCommon(command, t), t), t)
    .option('--image <reference>', t('option.rateLimitImage'), previewImage)
    .addOption(new Option('--plain-http', t('option.plainHttp')).conflicts('useSecrets'))
    .addOption(new Option('--use-secrets <namespaces>', t('option.asAccounts')).argParser(collectWords).conflicts('hosts'))
    .option('--yes', t('option.sendLogins'))
    .addOption(outputOption(t, documentFormats))
    .option('--out <file>', t('option.out'))
    .action((options: RateLimitOptions) => run((context) => rateLimit(context, options)));
}

interface Question {
  readonly image: ImageReference;
  readonly plainHttp: ReadonlySet<string>;
}

async function rateLimit(context: CommandContext, options: RateLimitOptions): Promise<number> {
  const image = parseReference(options.image);
  if (isInvalid(image)) throw new NodemendError('USAGE', { command: 'rate-limit', context: 'image', typed: '--image', value: options.image, problem: image.error });
  if (options.yes && !options.useSecrets) throw new NodemendError('USAGE', { context: 'needs', command: 'rate-limit', typed: '--yes', other: '--use-secrets' });
  const session = await openSession(context, options, 'rate-limit');
  const question = { image, plainHttp: new Set(options.plainHttp ? [image.registry] : []) };
  const here = await askFromHere(question, context);
  const asked = [here, ...(await askThrough(question, { session, options }, context))];
  const view = contextFor(context.output.data, session.texts);
  const text = await inFormat(options.output, { document: () => rateLimitDocument(asked), table: () => renderRateLimit(asked, view) });
  await writeResult(text, options.out, context);
  if (session.via === undefined && options.output === 'table') context.output.notes.write(`${session.texts.t('rateLimit.nodesNotAsked')}\n`);
  return quotaExit(asked);
}

async function askFromHere({ image, plainHttp }: Question, { environment, interrupt }: CommandContext): Promise<AskedQuota> {
  const client = createRegistryClient({ environment, plainHttp });
  try {
    return { node: undefined, quota: await askQuota(client, image, interrupt) };
  } finally {
    await client.close();
  }
}

interface Reach {
  readonly session: Session;
  readonly options: RateLimitOptions;
}

/** What needs the cluster: the accounts of its secrets, and its nodes. */
async function askThrough(question: Question, { session, options }: Reach, context: CommandContext): Promise<readonly AskedQuota[]> {
  const { secretNamespaces: namespaces, texts } = session;
  if (session.via === undefined && namespaces.length === 0) return [];
  return withOpened(session, async (opened) => {
    const { api } = opened;
    const logins = api && namespaces.length > 0 ? await askWithLogins({ ...question, api, namespaces, yes: options.yes ?? false, command: again(session, options), texts }, context) : undefined;
    return [...(logins?.asked ?? []), ...(await askThere(question, session, opened, context))];
  });
}

/** The command as it was typed, for those who cannot be asked. */
function again({ repeat }: Session, { image, output, out }: RateLimitOptions): readonly string[] {
  return ['rate-limit', ...repeat, ...(image === previewImage ? [] : ['--image', image]), ...(output === 'table' ? [] : ['-o', output]), ...(out === undefined ? [] : ['--out', out])];
}

/** Nodes may leave the network by other addresses than this machine. */
async function askThere(question: Question, session: Session, { api, transport }: OpenedSession, { output, interrupt }: CommandContext): Promise<readonly AskedQuota[]> {
  if (!transport) return [];
  const { targets } = await session.findNodes(api, interrupt);
  const progress = await nodeProgress(output.notes, session.texts.t);
  try {
    return await askFromNodes({ ...question, transport, targets, signal: interrupt, onProgress: progress.report });
  } finally {
    progress.stop();
  }
}
