import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import type { CommandContext } from '../command-context.ts';
import { readLines } from './read-lines.ts';
import { printableJson } from '../../text/printable.ts';

/**
 * One JSON line for each line of the input: `{"input","valid","registry","repository","tag","digest"[,"error"]}`. What
 * a reference does not have is null; `error` is in the words of the grammar. @throws NodemendError INPUT_UNREADABLE
 */
export async function explainReferences(context: CommandContext, file: string): Promise<number> {
  const lines = await readLines(file, context);
  context.output.data.write(lines.map((line) => `${printableJson(JSON.stringify(answer(line)))}\n`).join(''));
  return 0;
}

const nothing = { registry: null, repository: null, tag: null, digest: null };

function answer(input: string): Readonly<Record<string, unknown>> {
  const reference = parseReference(input);
  return isInvalid(reference)
    ? { input, valid: false, ...nothing, error: reference.error }
    : { input, valid: true, ...reference };
}
