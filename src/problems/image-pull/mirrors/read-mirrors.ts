import { X509Certificate } from 'node:crypto';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import type { GivenFile } from '../../inputs.ts';
import { parseMirror, type Mirror } from './mirror.ts';

/** What is typed for the remedy, and for new nodes. */
interface GivenMirrors {
  readonly mirror: readonly string[];
  readonly 'mirror-ca': GivenFile | undefined;
  readonly 'mirror-only': boolean;
}

/** @throws NodemendError MIRROR_INVALID, MIRROR_AUTHORITY_INVALID */
export function readMirrors(given: GivenMirrors): readonly Mirror[] {
  const file = given['mirror-ca'];
  const authority = file === undefined ? {} : { authority: authorityIn(file) };
  const mirrors = given.mirror.map((text) => ({ ...checkedMirror(text), ...authority, isOnly: given['mirror-only'] }));
  const twice = mirrors.find(
    ({ registry }, index) => mirrors.findIndex((other) => other.registry === registry) !== index,
  );
  if (twice !== undefined) throw new NodemendError('MIRROR_INVALID', { value: twice.registry, context: 'twice' });
  return mirrors;
}

function checkedMirror(value: string): Pick<Mirror, 'registry' | 'url' | 'host' | 'path'> {
  const mirror = parseMirror(value);
  if (typeof mirror !== 'string') return mirror;
  // A password that was typed is not repeated.
  throw new NodemendError('MIRROR_INVALID', {
    value: mirror === 'password' ? value.replace(/\/\/.*@/u, '//***@') : value,
    context: mirror,
  });
}

/** No file of certificates is larger. */
const mostBytes = 256 * 1024;

/** One certificate at least, and nothing else that is not for all to read: it is put onto every node. */
function authorityIn(given: GivenFile): string {
  const refused = (context: string, fault = {}): NodemendError =>
    new NodemendError('MIRROR_AUTHORITY_INVALID', { file: given.name, context, ...fault });
  if ('fault' in given) throw refused('unreadable', { fault: given.fault });
  const { text } = given;
  if (text.includes('PRIVATE KEY')) throw refused('key');
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? [];
  if (text.length > mostBytes || blocks.length === 0 || !blocks.every(isCertificate)) throw refused('content');
  return blocks.map((block) => `${block.replaceAll('\r\n', '\n')}\n`).join('');
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}
