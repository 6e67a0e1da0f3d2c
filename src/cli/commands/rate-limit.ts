import { Command } from 'commander';
import { askFromNodes } from '../../engine/rate-limit/ask-nodes.ts';
import { askQuota, egressGroups, quotaExit, type AskedQuota } from '../../engine/rate-limit/quota.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { createRegistryClient } from '../../registry/client/registry-client.ts';
import { isInvalid, parseReference, type ImageReference } from '../../registry/reference/image-reference.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { withOpened } from '../collect.ts';
import { nodeProgress } from '../node-progress.ts';
import { documentFormats, outputOption, withAccess, withCommon, withTargets, type AccessOptions, type TargetOptions } from '../options.ts';
import { knownError } from '../render/error.ts';
import { inFormat, type OutputFormat } from '../render/in-format.ts';
import { renderRateLimit } from '../render/rate-limit.ts';
import { contextFor } from '../render/render-context.ts';
import { openSession, type Session } from '../session.ts';
import type { Texts } from '../text.ts';
import { writeResult } from '../write-result.ts';

interface RateLimitOptions extends TargetOptions, AccessOptions {
  readonly image: string;
  readonly plainHttp?: boolean;
  readonly output: OutputFormat;
  readonly out?: string;
}

/** Set aside by Docker for this question (docs.docker.com, "Docker Hub usage and limits"). */
const previewImage = 'ratelimitpreview/test';

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('rate-limit').summary(t('command.rate-limit.summary')).description(t('command.rate-limit.description'));
  return withAccess(withTargets(withCommon(command, t), t), t)
    .option('--image <reference>', t('option.rateLimitImage'), previewImage)
    .option('--plain-http', t('option.plainHttp'))
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
  const session = await openSession(context, options, 'rate-limit');
  const question = { image, plainHttp: new Set(options.plainHttp ? [image.registry] : []) };
  const asked = [await askFromHere(question, context), ...(session.via === undefined ? [] : await askThere(question, session, context))];
  const view = contextFor(context.output.data, session.texts);
  const text = await inFormat(options.output, { document: () => document(asked), table: () => renderRateLimit(asked, view) });
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

/** Nodes may leave the network by other addresses than this machine. */
async function askThere(question: Question, session: Session, { output, interrupt }: CommandContext): Promise<readonly AskedQuota[]> {
  return withOpened(session, async ({ api, transport }) => {
    const { targets } = await session.findNodes(api, interrupt);
    const progress = await nodeProgress(output.notes, session.texts.t);
    try {
      return transport ? await askFromNodes({ ...question, transport, targets, signal: interrupt, onProgress: progress.report }) : [];
    } finally {
      progress.stop();
    }
  });
}

function document(asked: readonly AskedQuota[]): unknown {
  const unknown = asked.flatMap(({ node, quota }) => (quota.state === 'unknown' ? [{ node: node ?? null, code: knownError(quota.error).code, detail: quota.error.message }] : []));
  const refused = asked.flatMap(({ node, quota }) => (quota.state === 'refused' ? [node ?? null] : []));
  const groups = egressGroups(asked).map(({ source = null, limit = null, remaining = null, windowSeconds = null, nodes, here }) => ({ source, limit, remaining, windowSeconds, here, nodes }));
  return { groups, refused, unknown };
}
