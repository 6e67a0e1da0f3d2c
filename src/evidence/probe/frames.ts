/** How a section ended, as prelude.sh says it. */
export type FrameStatus = 'ended' | 'truncated' | 'timed-out' | 'scratch-full' | 'no-scratch';

/** One section as it came over the wire. The bytes may be anything. */
export interface SectionFrame {
  /** The key of a fact. */
  readonly name: string;
  readonly exitCode: number;
  readonly status: FrameStatus;
  readonly output: Uint8Array;
  readonly errors: Uint8Array;
}

export interface ProbeReply {
  /** The first line of the script arrived. */
  readonly started: boolean;
  /** The last frame arrived, and as many sections as it counts. */
  readonly complete: boolean;
  /** `/proc/uptime` at the last frame, seconds. */
  readonly endUptime: number | undefined;
  readonly sections: ReadonlyMap<string, SectionFrame>;
}

/** A header is one short line; without its newline within this it is not a header. */
const longestHeader = 512;
const sectionHeader =
  /^section ([a-z0-9-]+\/[a-z0-9-]+) (\d{1,3}) (\d{1,10}) (\d{1,10}) (ended|truncated|timed-out|scratch-full|no-scratch)$/;
const endHeader = /^end (\d{1,6}) (\d+(?:\.\d+)?)$/;

type Frame =
  | { readonly kind: 'start'; readonly length: 0 }
  | { readonly kind: 'end'; readonly length: 0; readonly count: number; readonly uptime: number }
  | SectionHeader;

interface SectionHeader {
  readonly kind: 'section';
  /** Bytes of the body: output and errors. */
  readonly length: number;
  readonly outputLength: number;
  readonly name: string;
  readonly exitCode: number;
  readonly status: FrameStatus;
}

/**
 * Takes a probe's output apart. What precedes the first frame (login banners) and what is between frames is skipped; a
 * section that was cut off is left out, those before it stay. Bodies are skipped by their length and never searched, so
 * a file that holds frames of its own changes nothing.
 */
export function parseFrames(marker: string, bytes: Uint8Array): ProbeReply {
  const sections = new Map<string, SectionFrame>();
  let started = false;
  for (const { frame, body } of framesOf(marker, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
    if (frame.kind === 'end')
      return { started, complete: frame.count === sections.size, endUptime: frame.uptime, sections };
    if (frame.kind === 'start') started = true;
    else sections.set(frame.name, toSection(frame, body));
  }
  return { started, complete: false, endUptime: undefined, sections };
}

function* framesOf(marker: string, buffer: Buffer): Generator<{ readonly frame: Frame; readonly body: Buffer }> {
  const prefix = Buffer.from(`nodemend:${marker} `, 'latin1');
  let at = buffer.indexOf(prefix);
  while (at >= 0) {
    const from = at + prefix.length;
    const newline = buffer.indexOf('\n', from);
    const frame =
      newline < 0 || newline - at > longestHeader ? undefined : readHeader(buffer.toString('latin1', from, newline));
    const next = frame ? newline + 1 + frame.length : from;
    if (next > buffer.length) return;
    if (frame) yield { frame, body: buffer.subarray(newline + 1, next) };
    at = buffer.indexOf(prefix, next);
  }
}

function readHeader(line: string): Frame | undefined {
  if (line.startsWith('start ')) return { kind: 'start', length: 0 };
  const [, count, uptime] = endHeader.exec(line) ?? [];
  if (count !== undefined) return { kind: 'end', length: 0, count: Number(count), uptime: Number(uptime) };
  const [, name, exitCode, output, errors, status] = sectionHeader.exec(line) ?? [];
  if (name === undefined) return undefined;
  return {
    kind: 'section',
    length: Number(output) + Number(errors),
    outputLength: Number(output),
    name,
    exitCode: Number(exitCode),
    status: status as FrameStatus,
  };
}

function toSection({ name, exitCode, status, outputLength }: SectionHeader, body: Buffer): SectionFrame {
  return { name, exitCode, status, output: body.subarray(0, outputLength), errors: body.subarray(outputLength) };
}
