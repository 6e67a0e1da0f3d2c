import { Option, type Command } from 'commander';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { KnownSuccessors } from '../registry/successor.ts';
import type { CommandContext } from './command-context.ts';
import { renderError } from './render/error.ts';
import { contextFor } from './render/render-context.ts';
import { verifySuccessors } from '../app/rewrite/verify-successors.ts';
import type { Translate } from '../app/texts/texts.ts';

/** How the new names of retired image references are made sure of, before they are written into a cluster. */
export interface SuccessorOptions {
  readonly verifyReferences?: boolean;
  readonly allowUnverified?: boolean;
}

export interface WantedSuccessors {
  readonly verify: boolean;
  readonly unverified: KnownSuccessors['unverified'];
}

/** The remedy of image-pull for which these are. */
const remedy = 'rewrite-references';

export function withSuccessors(command: Command, t: Translate): Command {
  return command
    .addOption(new Option('--verify-references', t('option.verifyReferences')))
    .addOption(new Option('--allow-unverified', t('option.allowUnverified')));
}

/**
 * Undefined when the remedy was not named: nothing is written then. @throws NodemendError USAGE when one of the options
 * is alone
 */
export function askedSuccessors(
  options: SuccessorOptions,
  remedies: ReadonlySet<string>,
  command: string,
): WantedSuccessors | undefined {
  const [typed] = successorWords(options);
  if (typed !== undefined && !remedies.has(remedy))
    throw new NodemendError('USAGE', { context: 'needs', command, typed, other: `--remedy ${remedy}` });
  if (!remedies.has(remedy)) return undefined;
  return {
    verify: options.verifyReferences === true,
    unverified: options.allowUnverified === true ? 'allow' : 'refuse',
  };
}

/** To be typed again. */
export function successorWords({ verifyReferences, allowUnverified }: SuccessorOptions): readonly string[] {
  return [...(verifyReferences ? ['--verify-references'] : []), ...(allowUnverified ? ['--allow-unverified'] : [])];
}

/**
 * Asks the new registries from this machine, where that was asked for; what kept them from answering is told once each.
 */
export async function knownSuccessors(
  references: readonly string[],
  { verify, unverified }: WantedSuccessors,
  { environment, interrupt, output, texts }: CommandContext,
): Promise<KnownSuccessors> {
  if (!verify) return { verified: new Map(), unverified };
  const { verified, troubles } = await verifySuccessors(new Set(references), {
    layout: 'owner/repo/image',
    environment,
    signal: interrupt,
  });
  for (const trouble of troubles)
    output.notes.write(renderError(trouble, { debug: false }, contextFor(output.notes, texts)));
  return {
    verified: new Map(
      [...verified].flatMap(([written, successor]) => (successor ? [[written, successor] as const] : [])),
    ),
    unverified,
  };
}
