import { resolve } from 'node:path';
import { z } from 'zod';
import type { EarlierAddresses } from '../../engine/rate-limit/address-changes.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Ports } from '../ports.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/** What of an answer of `rate-limit -o json` is held against a later one; all else of it may change. */
const answerSchema = z.object({
  groups: z.array(z.object({ source: z.string().nullable(), nodes: z.array(z.string()) })),
  unknown: z.array(z.object({ node: z.string().nullable() })),
});

/** Addresses by node. @throws NodemendError INPUT_UNREADABLE, RATE_LIMIT_ANSWER_INVALID */
export async function readEarlierAnswer(
  file: string,
  { workingFolder }: Pick<Ports, 'workingFolder'>,
): Promise<EarlierAddresses> {
  const { groups, unknown } = parseAnswer(await readText(resolve(workingFolder, file), file), file);
  const known = groups.flatMap(({ source, nodes }) => nodes.map((node) => [node, source ?? undefined] as const));
  return new Map([...unknown.flatMap(({ node }) => (node === null ? [] : [[node, undefined] as const])), ...known]);
}

async function readText(path: string, file: string): Promise<string> {
  try {
    return (await readNamedFile(path)).toString();
  } catch (cause) {
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('INPUT_UNREADABLE', { path: file, fault }, { cause });
  }
}

function parseAnswer(text: string, file: string): z.output<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new NodemendError('RATE_LIMIT_ANSWER_INVALID', { file }, { cause });
  }
}
