import type { OutputFormat } from '../../app/configuration/output-format.ts';
import { jsonLine } from '../../app/documents/json-text.ts';
import { watchEvents } from '../../app/documents/watch-events/document.ts';
import type { FindingsReport } from '../../app/documents/findings/report.ts';
import type { Loaded } from '../../app/problems/with-problems.ts';
import { watch, type Look, type WatchRequest } from '../../app/evidence/watch.ts';
import { createTexts } from '../../app/texts/texts.ts';
import { readingExit } from '../../engine/diagnose.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Severity } from '../../problems/problem.ts';
import type { CommandContext } from '../command-context.ts';
import { wholeNumber } from '../options/whole-number.ts';
import { requireNone } from '../options/without-effect.ts';
import { changeLines, failedLine, findingWords } from '../render/findings/change-lines.ts';
import { objectNames } from '../render/findings/subject.ts';
import { contextFor } from '../render/render-context.ts';

export interface WatchOptions {
  readonly watch?: boolean;
  readonly watchInterval?: string;
}

/** Seconds. A look reads lists of the whole cluster and logs in to nodes: more often is a burden on both. */
const [shortest, usual, longest] = [5, 30, 86_400];

/** Formats that can be read while they are still being written. */
const streamed: readonly OutputFormat[] = ['table', 'wide', 'json', 'name'];

/** @returns seconds between two looks; undefined where one look is enough. @throws NodemendError USAGE */
export function watchInterval(options: WatchOptions, command: string): number | undefined {
  if (options.watch !== true) {
    requireNone(options, ['watchInterval'], { context: 'needs', command, other: '--watch' });
    return undefined;
  }
  if (options.watchInterval === undefined) return usual;
  return wholeNumber(options.watchInterval, { option: '--watch-interval', from: shortest, to: longest }, command);
}

/** @throws NodemendError USAGE for a format that is one document */
export function requireStreamed(format: OutputFormat, command: string): void {
  if (!streamed.includes(format))
    throw new NodemendError('USAGE', { context: 'conflict', command, typed: '--watch', other: `--output ${format}` });
}

/** Nobody is there at each look to answer: a passphrase is asked for once, and again only where it was wrong. */
export function askingOnce<C extends CommandContext>(context: C): C {
  const answers = new Map<string, Promise<string | undefined>>();
  const { passphrase } = context.prompts;
  return {
    ...context,
    prompts: {
      passphrase: (key, texts) => {
        const known = key.attempt === 1 ? answers.get(key.path) : undefined;
        const answer = known ?? passphrase(key, texts);
        answers.set(key.path, answer);
        return answer;
      },
    },
  };
}

export interface FindingsWatch extends Omit<WatchRequest, 'wordsOf'> {
  readonly format: OutputFormat;
  readonly threshold: Severity;
  /** The report as it is printed without `--watch`; of JSON one line. */
  readonly renderFirst: (report: FindingsReport) => Promise<string>;
}

/**
 * Prints the first look whole, then a line for each change, until it is interrupted or nobody reads any more.
 * @returns the exit code of the last look, 5 where it failed
 */
export async function watchFindings(
  { format, threshold, renderFirst, ...request }: FindingsWatch,
  context: CommandContext & Loaded,
): Promise<number> {
  const { output } = context;
  const { texts } = request.session;
  const english = createTexts('en', context.problems);
  let exit = 0;
  for await (const look of watch({ ...request, wordsOf: (finding) => findingWords(finding, texts) }, context)) {
    exit = look.kind === 'failed' ? 5 : readingExit(look.report.diagnosis, threshold);
    if (look.kind === 'first') output.data.write(await renderFirst(look.report));
    else if (format === 'json') output.data.write(watchEvents(look, english).map(jsonLine).join(''));
    else if (format === 'name') tellNames(look);
    else output.data.write(linesOf(changeLines(look, contextFor(output.data, texts))));
    if (output.data.closed()) break;
  }
  return exit;

  /** As kubectl has it: the name of what changed. A failed look has no name, and goes to standard error. */
  function tellNames(look: Exclude<Look, { kind: 'first' }>): void {
    if (look.kind === 'failed') output.notes.write(linesOf([failedLine(look, contextFor(output.notes, texts))]));
    else output.data.write(linesOf([...new Set(objectNames(look.changes.map(({ finding }) => finding)))]));
  }
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
