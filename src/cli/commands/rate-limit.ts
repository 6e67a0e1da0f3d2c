import { Command, Option } from 'commander';
import type { EarlierAddresses } from '../../engine/rate-limit/address-changes.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { isInvalid, parseReference, type ImageReference } from '../../registry/reference/image-reference.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { collectWords, documentFormats, outputOption, withAccess, withCommon, withTargets } from '../options/shared.ts';
import { askedRollouts } from '../rate-limit/ask-rollouts.ts';
import { rateLimitDocument } from '../rate-limit/document.ts';
import { readEarlierAnswer } from '../rate-limit/earlier-answer.ts';
import { gather } from '../rate-limit/gather.ts';
import { reportExit } from '../../engine/rate-limit/report.ts';
import { inFormat } from '../render/in-format.ts';
import { renderRateLimit } from '../render/rate-limit/view.ts';
import { contextFor } from '../render/render-context.ts';
import { openSession, type CommandSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { writeResult } from '../render/write-result.ts';
import type { AccessOptions, SecretOptions, TargetOptions } from '../options/session-options.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';

interface RateLimitOptions extends TargetOptions, AccessOptions, SecretOptions {
  readonly image: string;
  readonly plainHttp?: boolean;
  readonly yes?: boolean;
  readonly pulls?: boolean;
  readonly whatIf?: readonly string[];
  readonly namespace?: string;
  readonly compare?: string;
  readonly output: OutputFormat;
  readonly out?: string;
}

/** Set aside by Docker for this question (docs.docker.com, "Docker Hub usage and limits"). */
const previewImage = 'ratelimitpreview/test';

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('rate-limit')
    .summary(t('command.rate-limit.summary'))
    .description(t('command.rate-limit.description'));
  return withAccess(withTargets(withCommon(command, t), t), t)
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
    .addOption(outputOption(t, documentFormats))
    .option('--out <file>', t('option.out'))
    .action((options: RateLimitOptions) => run((context) => rateLimit(context, options)));
}

async function rateLimit(context: CommandContext, options: RateLimitOptions): Promise<number> {
  const image = readImage(options.image);
  if (options.yes && !options.useSecrets) throw needs('--yes', '--use-secrets');
  const rollouts = askedRollouts(options);
  const session = await openSession(context, options, 'rate-limit');
  const earlier = await readEarlier(options, session, context);
  const plainHttp = new Set(options.plainHttp ? [image.registry] : []);
  const { pulls: countPulls = false, yes = false } = options;
  const report = await gather(
    { session, image, plainHttp, rollouts, earlier, countPulls, yes, command: again(session, options) },
    context,
  );
  const view = contextFor(context.output.data, session.texts);
  const text = await inFormat(options.output, {
    document: () => rateLimitDocument(report),
    table: () => renderRateLimit(report, image.registry, view),
  });
  await writeResult(text, options.out, context);
  if (session.via === undefined && options.output === 'table')
    context.output.notes.write(`${session.texts.t('rateLimit.nodesNotAsked')}\n`);
  return reportExit(report);
}

/**
 * Whose addresses are compared are the nodes'. @throws NodemendError USAGE, INPUT_UNREADABLE, RATE_LIMIT_ANSWER_INVALID
 */
async function readEarlier(
  { compare }: RateLimitOptions,
  { via }: CommandSession,
  context: CommandContext,
): Promise<EarlierAddresses | undefined> {
  if (compare === undefined) return undefined;
  if (via === undefined) throw needs('--compare', '--via');
  return readEarlierAnswer(compare, context);
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
  { image, pulls, whatIf = [], namespace, compare, output, out }: RateLimitOptions,
): readonly string[] {
  const valued = (flag: string, value: string | undefined, usual?: string): readonly string[] =>
    value === undefined || value === usual ? [] : [flag, value];
  const asked = [
    ...(pulls ? ['--pulls'] : []),
    ...whatIf.flatMap((rollout) => ['--what-if', rollout]),
    ...valued('-n', namespace),
    ...valued('--compare', compare),
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
