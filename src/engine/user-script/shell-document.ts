import { sha256 } from '../../hash/sha256.ts';

/** Bytes as a shell script can bring them along. */
export interface ShellDocument {
  /** Lines of a function's body, each ending with a newline: prints the bytes. */
  readonly body: string;
  /** Of the bytes, hex: what arrives is compared with it. */
  readonly sha256: string;
}

/** What a text field, a clipboard and every shell leave alone: ASCII without control characters, in lines that end. */
const plainLines = /^(?:[\t\x20-\x7e]*\n)*$/;

/**
 * A quoted here-document, in which nothing has a meaning, for a text that people may want to read before they paste it;
 * base64 for everything else. No line of the content can end the here-document: its marker is checked against each of
 * them.
 */
export function shellDocument(bytes: Uint8Array): ShellDocument {
  const sum = sha256(bytes);
  const text = Buffer.from(bytes).toString('latin1');
  const marker = `NODEMEND-${sum.slice(0, 12)}`;
  const readable = plainLines.test(text) && !text.split('\n').includes(marker);
  if (readable) return { body: `  cat <<'${marker}'\n${text}${marker}\n`, sha256: sum };
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  return {
    body: `  base64 -d <<'${base64Marker}'\n${lines.map((line) => `${line}\n`).join('')}${base64Marker}\n`,
    sha256: sum,
  };
}

/** No line of base64 has a blank or a point in it. */
const base64Marker = 'end.of.base64';
