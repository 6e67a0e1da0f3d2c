import { stat } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { sentenceValue, type Sentence } from '../../errors/sentences.ts';
import { keyTypeOf } from '../known-hosts/known-hosts-line.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/** A key file, read. `blob` is the public half, where the file tells it. */
export type Identity =
  | { readonly kind: 'private'; readonly path: string; readonly key: ParsedKey; readonly blob: Buffer }
  | { readonly kind: 'encrypted'; readonly path: string; readonly text: string; readonly blob: Buffer | undefined }
  /** The public half alone: the private one may be in the ssh-agent. */
  | { readonly kind: 'public'; readonly path: string; readonly blob: Buffer };

/** @throws NodemendError SSH_IDENTITY_UNUSABLE */
export async function readIdentity(path: string): Promise<Identity> {
  const text = await readPrivately(path);
  const parsed = parse(text);
  if (!(parsed instanceof Error)) {
    const blob = parsed.getPublicSSH();
    return parsed.isPrivateKey() ? { kind: 'private', path, key: parsed, blob } : { kind: 'public', path, blob };
  }
  if (!/no passphrase given/.test(parsed.message)) throw unusable(path, parsed.message);
  return { kind: 'encrypted', path, text, blob: publicHalf(text) ?? (await readPublicFile(path)) };
}

/**
 * The key, or undefined when the passphrase is not the right one. Costs some 400 ms of work (bcrypt): once for each
 * file.
 */
export function unlockIdentity(
  { path, text }: { readonly path: string; readonly text: string },
  passphrase: string,
): ParsedKey | undefined {
  if (passphrase === '') return undefined;
  const parsed = parse(text, passphrase);
  if (!(parsed instanceof Error)) return parsed;
  if (/passphrase|integrity check|malformed/i.test(parsed.message)) return undefined;
  throw unusable(path, parsed.message);
}

/** @param problem in words of the system or of the library, or in ours */
export function unusable(path: string, problem: string | Sentence): NodemendError {
  const told = typeof problem === 'string' ? { problem } : sentenceValue('problem', [problem]);
  return new NodemendError('SSH_IDENTITY_UNUSABLE', { path, ...told });
}

function parse(text: string, passphrase?: string): ParsedKey | Error {
  // The types do not say so, but a file may hold several keys.
  const parsed = ssh2.utils.parseKey(text, passphrase) as ParsedKey | Error | readonly ParsedKey[];
  return parsed instanceof Error || !Array.isArray(parsed)
    ? (parsed as ParsedKey | Error)
    : (parsed[0] ?? new Error('no key in it'));
}

/** Refuses a key that others can read, as OpenSSH does (authfile.c, sshkey_perm_ok). */
async function readPrivately(path: string): Promise<string> {
  try {
    const [bytes, { mode, uid }] = await Promise.all([readNamedFile(path), stat(path)]);
    const text = bytes.toString();
    const open = uid === process.getuid?.() && (mode & 0o077) !== 0;
    if (open && text.includes('PRIVATE KEY'))
      throw unusable(path, { key: 'ssh.readable', params: { mode: (mode & 0o777).toString(8) } });
    return text;
  } catch (error) {
    if (error instanceof NodemendError) throw error;
    throw unusable(path, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}

const opensshMagic = 'openssh-key-v1\0';

/** The public half of a key in OpenSSH's own format, which is not encrypted (PROTOCOL.key). */
function publicHalf(text: string): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1] ?? '';
  const bytes = Buffer.from(body, 'base64');
  if (bytes.toString('latin1', 0, opensshMagic.length) !== opensshMagic) return undefined;
  let at = opensshMagic.length;
  const next = (): Buffer => {
    const start = at + 4;
    at = start + (start <= bytes.length ? bytes.readUInt32BE(at) : 0);
    return bytes.subarray(start, at);
  };
  for (const _ of ['cipher', 'key derivation', 'its options']) next();
  at += 4;
  const blob = next();
  return keyTypeOf(blob) === undefined ? undefined : blob;
}

async function readPublicFile(path: string): Promise<Buffer | undefined> {
  try {
    const [, key = ''] = (await readNamedFile(`${path}.pub`)).toString().trim().split(/\s+/);
    const blob = Buffer.from(key, 'base64');
    return keyTypeOf(blob) === undefined ? undefined : blob;
  } catch {
    return undefined;
  }
}
