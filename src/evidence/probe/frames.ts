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

/** Each line of ours is a short one; without its newline within this it is none. */
const longestLine = 512;
const sectionHeader =
  /^section ([a-z0-9-]+\/[a-z0-9-]+) (\d{1,3}) (\d{1,10}) (\d{1,10}) (ended|truncated|timed-out|scratch-full|no-scratch)$/;
const endLine = /^end (\d{1,6}) (\d+(?:\.\d+)?)$/;

/** The bodies follow: those of all headers since the last that had theirs, in their order. */
interface BodiesLine {
  readonly kind: 'bodies';
}

interface EndLine {
  readonly kind: 'end';
  readonly count: number;
  readonly uptime: number;
}

interface SectionHeader {
  readonly kind: 'section';
  /** Bytes of the body: output and errors. */
  readonly length: number;
  readonly outputLength: number;
  readonly name: string;
  readonly exitCode: number;
  readonly status: FrameStatus;
}

type Line = { readonly kind: 'start' } | EndLine | SectionHeader | BodiesLine;
type Frame = { readonly kind: 'start' } | EndLine | SectionFrame;

/**
 * Takes a probe's output apart. What precedes the first line of ours (login banners) and what is between them is
 * skipped; a section that was cut off is left out, those before it stay. Bodies are skipped by their length and never
 * searched, so a file that holds lines of ours changes nothing.
 */
export function parseFrames(marker: string, bytes: Uint8Array): ProbeReply {
  const sections = new Map<string, SectionFrame>();
  let started = false;
  for (const frame of framesOf(marker, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
    if ('name' in frame) sections.set(frame.name, frame);
    else if (frame.kind === 'start') started = true;
    else return { started, complete: frame.count === sections.size, endUptime: frame.uptime, sections };
  }
  return { started, complete: false, endUptime: undefined, sections };
}

function* framesOf(marker: string, buffer: Buffer): Generator<Frame> {
  const prefix = Buffer.from(`nodemend:${marker} `, 'latin1');
  let headers: SectionHeader[] = [];
  let at = buffer.indexOf(prefix);
  while (at >= 0) {
    const from = at + prefix.length;
    const { line, end } = lineAt(buffer, from);
    let next = line ? end : from;
    if (line?.kind === 'section') headers.push(line);
    else if (line?.kind === 'bodies') {
      yield* sectionsAt(buffer, end, headers);
      next += headers.reduce((sum, { length }) => sum + length, 0);
      headers = [];
    } else if (line) yield line;
    at = buffer.indexOf(prefix, next);
  }
}

/** Those that arrived whole. */
function* sectionsAt(buffer: Buffer, start: number, headers: readonly SectionHeader[]): Generator<SectionFrame> {
  let at = start;
  for (const header of headers) {
    const end = at + header.length;
    if (end > buffer.length) return;
    yield toSection(header, buffer.subarray(at, end));
    at = end;
  }
}

function lineAt(buffer: Buffer, from: number): { readonly line: Line | undefined; readonly end: number } {
  const newline = buffer.indexOf('\n', from);
  const isLine = newline >= 0 && newline - from <= longestLine;
  return { line: isLine ? readLine(buffer.toString('latin1', from, newline)) : undefined, end: newline + 1 };
}

function readLine(line: string): Line | undefined {
  if (line.startsWith('start ')) return { kind: 'start' };
  if (line === 'bodies') return { kind: 'bodies' };
  const [, count, uptime] = endLine.exec(line) ?? [];
  if (count !== undefined) return { kind: 'end', count: Number(count), uptime: Number(uptime) };
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
