import { isUtf8 } from 'node:buffer';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { inOneLine } from '../../text/printable.ts';
import type { Section, Observed } from '../evidence.ts';
import { redactBytes, redactText } from '../redact.ts';
import { unknownOf } from '../unknown.ts';
import type { SectionFrame } from './frames.ts';

/** EX_NOPERM of sysexits.h: the probe says that root is needed. */
const needsRoot = 77;

/**
 * A frame as evidence: redacted, and unknown with its reason when it proves nothing. Other exit codes are the problem's
 * to judge.
 */
export function observeSection(node: string, frame: SectionFrame): Observed<Section> {
  const failure = failureOf(node, frame);
  return failure ? unknownOf(failure) : { state: 'seen', value: toSection(frame) };
}

function failureOf(node: string, frame: SectionFrame): NodemendError | undefined {
  const params = { node, section: frame.name };
  switch (frame.status) {
    case 'timed-out':
      return new NodemendError('SECTION_TIMED_OUT', params);
    case 'no-scratch':
      return new NodemendError('PROBE_NO_SCRATCH', { node });
    case 'scratch-full':
      return new NodemendError('PROBE_SCRATCH_FULL', params);
    case 'truncated':
      return undefined;
    case 'ended':
      return endFailure(frame, params);
  }
}

function endFailure(
  { exitCode, errors }: SectionFrame,
  params: { readonly node: string; readonly section: string },
): NodemendError | undefined {
  if (exitCode === needsRoot) return new NodemendError('SECTION_NEEDS_ROOT', params);
  const detail = firstLine(errors) || `exit code ${exitCode}`;
  if (exitCode === 126 || exitCode === 127) return new NodemendError('SECTION_TOOL_MISSING', { ...params, detail });
  if (exitCode > 128) return new NodemendError('SECTION_KILLED', { ...params, signal: exitCode - 128, detail });
  return undefined;
}

/** Masked before it is cut: half a secret has no shape. */
function firstLine(bytes: Uint8Array): string {
  const [line = ''] = redactText(Buffer.from(bytes).toString('utf8')).trimStart().split('\n', 1);
  return inOneLine(line);
}

function toSection({ exitCode, status, output, errors }: SectionFrame): Section {
  const truncated = status === 'truncated';
  const bytes = redactBytes(truncated ? wholeCharacters(output) : output);
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  return {
    exitCode,
    encoding,
    output: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding),
    errors: redactText(Buffer.from(errors).toString('utf8')),
    truncated,
  };
}

/** Without the bytes of a UTF-8 character that the cap cut in two, which would make the whole text binary. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
