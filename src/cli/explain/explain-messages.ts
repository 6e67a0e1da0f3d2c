import { classify } from '../../messages/classify.ts';
import type { Message } from '../../messages/label.ts';
import type { CommandContext } from '../command-context.ts';
import { readLines } from './read-lines.ts';
import { printableJson } from '../../text/printable.ts';

/**
 * One JSON line `{"id","label"}` for each message of the input: lines of JSON
 * (`{"id","message"[,"reason","component"]}`), or of text, whose id is then the number of the line. Blank lines are
 * nothing. @throws NodemendError INPUT_UNREADABLE
 */
export async function explainMessages(context: CommandContext, file: string): Promise<number> {
  const lines = await readLines(file, context);
  const answers = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const { id = index + 1, ...message } = fromJson(line) ?? { message: line };
    return [`${printableJson(JSON.stringify({ id, label: classify(message) }))}\n`];
  });
  context.output.data.write(answers.join(''));
  return 0;
}

interface Asked extends Message {
  readonly id?: string | number;
}

/** Undefined for what is not such an object: then it is a message itself, which may well begin with a brace. */
function fromJson(line: string): Asked | undefined {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isAsked(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isAsked(value: unknown): value is Asked {
  if (typeof value !== 'object' || value === null || !('message' in value) || typeof value.message !== 'string')
    return false;
  return !('reason' in value) || typeof value.reason === 'string';
}
