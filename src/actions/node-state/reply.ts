import { printableText } from '../../text/printable.ts';

/** One line or one blob of a reply, in the order in which the script printed it. */
export type ReplyEntry =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly bytes: Uint8Array };

/** What a node-side script said. */
export interface Reply {
  /** `done`, `already`, `refused`, `failed`, `taken-over`. */
  readonly outcome: string;
  readonly entries: readonly ReplyEntry[];
}

const line = /^@nodemend ([a-z-]+) (.*)$/su;
const blob = /^@nodemend-bytes ([a-z-]+) (\d{1,9})$/u;
const newline = 0x0a;

/**
 * Reads the reply of a node-side script (`prelude.sh` has the form); lines that are not ours are skipped. Undefined
 * when it has no outcome, which means that the script did not reach its end.
 */
export function parseReply(output: Uint8Array): Reply | undefined {
  const entries: ReplyEntry[] = [];
  let at = 0;
  while (at < output.length) {
    const end = lineEnd(output, at);
    const text = Buffer.from(output.subarray(at, end)).toString('utf8');
    at = end + 1;
    const counted = blob.exec(text);
    if (counted) {
      const length = Number(counted[2]);
      entries.push({ name: counted[1] ?? '', bytes: output.subarray(at, at + length) });
      at += length + 1;
      continue;
    }
    const said = line.exec(text);
    if (said) entries.push({ name: said[1] ?? '', value: printableText(said[2] ?? '') });
  }
  const outcome = lastValue(entries, 'outcome');
  return outcome === undefined ? undefined : { outcome, entries };
}

/**
 * Tells the values, which are ASCII, that a script says under a name while it runs, as its output arrives: for what is out
 * of date when the script ends.
 */
export function valuesAsSaid(name: string, tell: (value: string) => void): (chunk: Uint8Array) => void {
  let rest = '';
  return (chunk) => {
    const lines = `${rest}${Buffer.from(chunk).toString('ascii')}`.split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const [, called, value = ''] = line.exec(text) ?? [];
      if (called === name) tell(value);
    }
  };
}

/** The last value said under a name; empty when there is none. */
export function valueOf(reply: Reply, name: string): string {
  return lastValue(reply.entries, name) ?? '';
}

/** The last blob of a name as text. */
export function textOf(reply: Reply, name: string): string | undefined {
  const found = reply.entries.findLast((entry) => entry.name === name && 'bytes' in entry);
  return found && 'bytes' in found ? Buffer.from(found.bytes).toString('utf8') : undefined;
}

function lastValue(entries: readonly ReplyEntry[], name: string): string | undefined {
  const found = entries.findLast((entry) => entry.name === name && 'value' in entry);
  return found && 'value' in found ? found.value : undefined;
}

function lineEnd(output: Uint8Array, from: number): number {
  const end = output.indexOf(newline, from);
  return end === -1 ? output.length : end;
}
