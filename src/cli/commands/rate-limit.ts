import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import type { Tier } from '../../engine/rate-limit/account-tiers.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { isInvalid, parseReference, type ImageReference } from '../../registry/reference/image-reference.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { collectWords, documentFormats, nodesCommand, outputOption } from '../options/shared.ts';
import { askedRollouts } from '../options/asked-rollouts.ts';
import { rateLimitDocument } from '../../app/documents/rate-limit/document.ts';
import { readEarlierAnswer } from '../../app/rate-limit/earlier-answer.ts';
import { rateLimitFromBundle } from '../../app/evidence/from-bundle.ts';
import { collectRateLimit, type RateLimitRequest } from '../../app/rate-limit/collect-rate-limit.ts';
import { concludeRateLimit, type RateLimitedEvidence } from '../../engine/rate-limit/conclude.ts';
import { reportExit } from '../../engine/rate-limit/report.ts';
import { writeBundle } from '../../evidence/bundle.ts';
import { secretText } from '../../evidence/rate-limit/secret-name.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { bundleOption } from '../options/bundle.ts';
import { confirm } from '../prompts/confirm.ts';
import { inFormat } from '../render/in-format.ts';
import { renderRateLimit } from '../render/rate-limit/view.ts';
import { contextFor } from '../render/render-context.ts';
import { requireNone, requireWayToNodes } from '../options/without-effect.ts';
import { openSession, type CommandSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { writeResult } from '../render/write-result.ts';
import type { SessionOptions } from '../options/session-options.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';

interface RateLimitOptions extends SessionOptions {
  readonly image: string;
  readonly plainHttp?: boolean;
  readonly yes?: boolean;
  readonly pulls?: boolean;
  readonly whatIf?: readonly string[];
  readonly namespace?: string;
  readonly compare?: string;
  readonly bundle?: string;
  readonly saveBundle?: string;
  readonly output: OutputFormat;
  readonly out?: string;
}

/** Set aside by Docker for this question (docs.docker.com, "Docker Hub usage and limits"). */
const previewImage = 'ratelimitpreview/test';

export function define({ t }: Texts, run: RunCommand): Command {
  return nodesCommand('rate-limit', t)
    .option('--image <reference>', t('option.rateLimitImage'), previewImage)
    .addOption(new Option('--plain-http', t('option.plainHttp')).conflicts('useSecrets'))
    .addOption(
      new Option('--use-secrets <namespaces>', t('option.asAccounts')).argParser(collectWords).conflicts('hosts'),
    )
    .option('--yes', t('option.sendLogins'))
    .addOption(new Option('--pulls', t('option.countPulls')).conflicts('hosts'))
    .addOption(new Option('--what-if <rollout>', t('option.whatIf')).argParser(collectWords).conflicts('hosts'))
    .option('-n, --namespace <name>', t('option.whatIfNamespace'))
    .option('--compare <file>', t('option.compareAddresses'))
    .addOption(bundleOption(t, ['image', 'plainHttp', 'yes', 'pulls', 'whatIf', 'namespace', 'saveBundle']))
    .option('--save-bundle <file>', t('option.saveBundle'))
    .addOption(outputOption(t, documentFormats))
    .option('--out <file>', t('option.out'))
    .action((options: RateLimitOptions) => run((context) => rateLimit(context, options)));
}

async function rateLimit(context: CommandContext, options: RateLimitOptions): Promise<number> {
  const { compare, saveBundle } = options;
  const question = readQuestion(options);
  // Its namespace is that of the rollouts.
  const { namespace: _rollouts, ...access } = options;
  const session = await openSession(context, access, 'rate-limit');
  if (compare !== undefined && options.bundle === undefined && session.via === undefined)
    throw needs('--compare', '--via');
  if (options.bundle === undefined) requireAskedThere(options, session);
  const earlier = compare === undefined ? undefined : await readEarlierAnswer(compare, context);
  const evidence = await evidenceOf({ session, options, question }, context);
  if (saveBundle !== undefined) await writeBundle(resolve(context.workingFolder, saveBundle), evidence);
  const report = concludeRateLimit(evidence, { earlier, tiers: tiersOf(session) });
  const view = contextFor(context.output.data, session.texts);
  const text = await inFormat(options.output, {
    document: () => rateLimitDocument(report),
    table: () => renderRateLimit(report, view),
  });
  await writeResult(text, options.out, context);
  if (evidence.scope.via === 'none' && options.output === 'table')
    context.output.notes.write(`${session.texts.t('rateLimit.nodesNotAsked')}\n`);
  return reportExit(report);
}

/** Asked is this machine alone, unless more is wanted: then no cluster is opened. @throws NodemendError USAGE */
function requireAskedThere(options: RateLimitOptions, session: CommandSession): void {
  requireWayToNodes(options, session, 'rate-limit');
  const { useSecrets, pulls, whatIf } = options;
  if (session.via === undefined && (useSecrets ?? pulls ?? whatIf) === undefined)
    requireNone(options, ['kubeconfig', 'context'], { context: 'needs', command: 'rate-limit', other: '--via ssh' });
}

type Question = Pick<RateLimitRequest, 'image' | 'rollouts'>;

/** What was typed wrong is said before anything is opened. @throws NodemendError USAGE */
function readQuestion(options: RateLimitOptions): Question {
  const image = readImage(options.image);
  if (options.yes && !options.useSecrets) throw needs('--yes', '--use-secrets');
  return { image, rollouts: askedRollouts(options) };
}

interface Asked {
  readonly session: CommandSession;
  readonly options: RateLimitOptions;
  readonly question: Question;
}

function evidenceOf({ session, options, question }: Asked, context: CommandContext): Promise<RateLimitedEvidence> {
  return options.bundle === undefined
    ? collectRateLimit({ ...asking(session, options, context), ...question, session }, context)
    : rateLimitFromBundle(resolve(context.workingFolder, options.bundle));
}

type Asking = Pick<RateLimitRequest, 'plainHttp' | 'countPulls' | 'approveLogins' | 'onNoLogin'>;

/** How it is asked, and who is asked first. */
function asking(session: CommandSession, options: RateLimitOptions, { output, interrupt }: CommandContext): Asking {
  const { t } = session.texts;
  const { registry } = readImage(options.image);
  return {
    plainHttp: new Set(options.plainHttp ? [registry] : []),
    countPulls: options.pulls ?? false,
    approveLogins: async (host, secrets) => {
      const question = t('rateLimit.sendLogins', { host, secrets: secrets.map(secretText).join(', ') });
      const command = commandLine(['nodemend', ...again(session, options), '--yes']);
      if (options.yes) output.notes.write(`${question}\n`);
      else await confirm({ question, what: 'login', command, signal: interrupt }, output.notes, t);
    },
    onNoLogin: (namespaces) => {
      output.notes.write(`${t('rateLimit.noLogin', { registry, namespaces: namespaces.join(', ') })}\n`);
    },
  };
}

function tiersOf({ configuration: { rateLimit: settings } }: CommandSession): readonly Tier[] {
  return (settings?.tiers ?? []).map(({ name, pulls, windowSeconds }) => ({
    name,
    pulls: pulls === 'unlimited' ? undefined : pulls,
    windowSeconds,
  }));
}

/** @throws NodemendError USAGE */
function readImage(value: string): ImageReference {
  const image = parseReference(value);
  if (!isInvalid(image)) return image;
  throw new NodemendError('USAGE', {
    command: 'rate-limit',
    context: 'image',
    typed: '--image',
    value,
    problem: image.error,
  });
}

function needs(typed: string, other: string): NodemendError {
  return new NodemendError('USAGE', { context: 'needs', command: 'rate-limit', typed, other });
}

/** The command as it was typed, for those who cannot be asked. */
function again(
  { repeat }: CommandSession,
  { image, pulls, whatIf = [], namespace, compare, saveBundle, output, out }: RateLimitOptions,
): readonly string[] {
  const valued = (flag: string, value: string | undefined, usual?: string): readonly string[] =>
    value === undefined || value === usual ? [] : [flag, value];
  const asked = [
    ...(pulls ? ['--pulls'] : []),
    ...whatIf.flatMap((rollout) => ['--what-if', rollout]),
    ...valued('-n', namespace),
    ...valued('--compare', compare),
    ...valued('--save-bundle', saveBundle),
  ];
  return [
    'rate-limit',
    ...repeat,
    ...valued('--image', image, previewImage),
    ...asked,
    ...valued('-o', output, 'table'),
    ...valued('--out', out),
  ];
}
