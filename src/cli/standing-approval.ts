import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { readApproval } from '../engine/schedule/read-approval.ts';
import { requireApproved, type StandingQuestion } from '../engine/schedule/require-approved.ts';
import type { ApprovedSelection, StandingApproval } from '../engine/schedule/standing-approval.ts';
import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import { ownFile } from '../files/own-file.ts';
import { problems } from '../problems/index.ts';
import type { Problem } from '../problems/problem.ts';
import type { CommandContext } from './command-context.ts';
import type { RemedyOptions } from './inputs.ts';
import type { Translate } from '../app/texts/texts.ts';
import type { TargetOptions } from './options/session-options.ts';

/** A command with this option can be scheduled: `schedule install` makes the file, and names it here. */
export function withStandingApproval(command: Command, t: Translate): Command {
  return command.addOption(new Option('--approval <file>', t('option.approval')).conflicts('yes'));
}

/** What a plan is held against instead of asking somebody. */
export interface Standing {
  readonly approval: StandingApproval;
  /** @throws NodemendError APPROVAL_EXCEEDED. To be called with every plan, one without actions too. */
  readonly require: (question: Pick<StandingQuestion, 'plan' | 'source' | 'selected'>) => void;
}

export interface StandingOptions {
  readonly approval?: string;
}

/** What is asked for beside what is safe by default, and of which nodes. */
interface AskedOptions extends StandingOptions, TargetOptions, RemedyOptions {
  readonly allow?: readonly string[];
  readonly path?: string;
}

/**
 * Undefined without `--approval`. @throws NodemendError APPROVAL_UNREADABLE, APPROVAL_UNSAFE, APPROVAL_INVALID, before
 * anything is contacted
 */
export async function readStanding(options: AskedOptions, context: CommandContext): Promise<Standing | undefined> {
  if (options.approval === undefined) return undefined;
  const path = resolve(context.workingFolder, options.approval);
  const approval = readApproval(await readText(path), path);
  const asked = {
    allow: wordsOf(options.allow),
    remedies: wordsOf(options.remedy),
    selection: selectionOf(options),
    onNodes: options.path,
    usualPaths: pathsOf(problems.filter(({ meta }) => approval.problems.includes(meta.id))),
  };
  return { approval, require: (question) => requireApproved(approval, { ...question, ...asked }) };
}

/** Where the plans of these problems write files on nodes. */
export function pathsOf(planned: readonly Problem[]): readonly string[] {
  return [...new Set(planned.flatMap(({ meta }) => meta.writes))].toSorted();
}

/** Of an option that takes several, at once or one by one. */
export function wordsOf(values: readonly string[] = []): readonly string[] {
  return values.flatMap((value) => value.split(',')).map((word) => word.trim());
}

/** Which nodes were asked for, as it was typed. */
export function selectionOf({ nodes, nodeGroup, selector }: TargetOptions): ApprovedSelection {
  return {
    ...(nodes === undefined ? {} : { nodes }),
    ...(nodeGroup === undefined ? {} : { nodeGroup }),
    ...(selector === undefined ? {} : { selector }),
  };
}

async function readText(path: string): Promise<string> {
  try {
    // Whoever can write it, or exchange it, approves for root.
    return await readFile(ownFile(path), 'utf8');
  } catch (cause) {
    if (isNodemendError(cause)) throw new NodemendError('APPROVAL_UNSAFE', { path }, { cause });
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('APPROVAL_UNREADABLE', { path, fault }, { cause });
  }
}
