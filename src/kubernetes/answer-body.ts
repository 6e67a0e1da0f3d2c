import { promisify } from 'node:util';
import { constants, gunzip, gunzipSync } from 'node:zlib';
import { isNodemendError, NodemendError } from '../errors/nodemend-error.ts';
import type { Json } from './api.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { Connection, RawAnswer } from './connection.ts';
import { connectionError } from './connection-error.ts';
import type { ApiRequest } from './request.ts';

const inflate = promisify(gunzip);
/** Enough of an answer's start, packed, for what stands in front of the items. */
const headBytes = 2048;

export interface ReadAnswer {
  readonly answer: RawAnswer;
  readonly bytes: Buffer;
}

/**
 * Bytes of an answer, unpacked: 500 objects of 256 KiB each on average. Pods and nodes have some tens of KiB; etcd
 * takes no object over 1.5 MiB.
 */
const longestAnswer = 128 * 1024 * 1024;

/**
 * All bytes of an answer, unpacked off the main thread and in one go: piece by piece costs a third more (measured).
 * @param seen told the first bytes as soon as they are there.
 * @throws NodemendError API_CONNECTION_CUT when the connection ended before the length, the last chunk or the gzip
 *   trailer; API_ANSWER_TOO_LARGE.
 */
export async function readBytes(
  answer: RawAnswer,
  request: ApiRequest,
  { access }: Connection,
  seen?: (head: Buffer) => void,
): Promise<Buffer> {
  const packed = answer.headers['content-encoding'] === 'gzip';
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of answer.body as AsyncIterable<Buffer>) {
      if (pieces.push(piece) === 1) seen?.(packed ? unpackStart(piece) : piece);
      length += piece.length;
      if (length > longestAnswer) throw tooLarge(access, request);
    }
    const bytes = Buffer.concat(pieces);
    // A few kilobytes can unpack to gigabytes.
    return packed ? await inflate(bytes, { chunkSize: unpackedSize(bytes), maxOutputLength: longestAnswer }) : bytes;
  } catch (error) {
    request.signal?.throwIfAborted();
    throw readingError(error, request, access);
  }
}

function readingError(error: unknown, request: ApiRequest, access: ClusterAccess): Error {
  if (isNodemendError(error)) return error;
  const { path } = request;
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(access, request);
  if (isTruncatedGzip(error))
    return new NodemendError('API_CONNECTION_CUT', { server: access.server.origin, path }, { cause: error });
  return connectionError(error, { access, path, seconds: (request.silenceMs ?? 75_000) / 1000 });
}

export function tooLarge({ server }: ClusterAccess, { path }: Pick<ApiRequest, 'path'>): NodemendError {
  const megabytes = longestAnswer / (1024 * 1024);
  return new NodemendError('API_ANSWER_TOO_LARGE', { server: server.origin, path, megabytes });
}

/** Buffers up to half of this come from a pool that others share (`Buffer.poolSize`). */
const pooledBytes = Buffer.poolSize;

/**
 * Gives a read answer's memory back now. It lies outside the heap, where the collector lets tens of megabytes pile up
 * before it looks (measured: 60 MB less for 5,000 nodes).
 */
export function releaseBytes(bytes: Buffer): void {
  if (bytes.byteLength > pooledBytes && bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0);
}

/** What the first bytes of a gzip stream say. */
export function unpackStart(packed: Buffer): Buffer {
  return gunzipSync(packed.subarray(0, headBytes), { finishFlush: constants.Z_SYNC_FLUSH });
}

/**
 * The last four bytes of gzip say how long the content is (RFC 1952, ISIZE): one allocation instead of a hundred. A
 * hint, so bounded.
 */
function unpackedSize(packed: Buffer): number {
  const size = packed.length < 4 ? 0 : packed.readUInt32LE(packed.length - 4) + 1;
  return Math.min(Math.max(size, 16 * 1024), 32 * 1024 * 1024);
}

/**
 * What a successful answer's JSON text says. HTTP without a length ends where the connection ends, so a text that stops
 * in the middle is a connection that was cut.
 * @param read throws SyntaxError for what is not JSON, and gives undefined for JSON of another kind than was asked for.
 * @throws NodemendError API_CONNECTION_CUT, API_ANSWER_INVALID.
 */
export function readJson<T>(
  { answer, bytes }: ReadAnswer,
  request: ApiRequest,
  { access }: Connection,
  read: (bytes: Buffer) => T | undefined,
): T {
  const server = access.server.origin;
  const { path } = request;
  try {
    const value = read(bytes);
    if (value !== undefined) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const type = String(answer.headers['content-type'] ?? 'no content-type');
    throw type.includes('json') && stopsEarly(cause, bytes.toString('utf8'))
      ? new NodemendError('API_CONNECTION_CUT', { server, path }, { cause })
      : new NodemendError('API_ANSWER_INVALID', { server, path, problem: `HTTP ${answer.status}, ${type}` });
  }
  throw new NodemendError('API_ANSWER_INVALID', { server, path, problem: 'JSON of another kind than was asked for' });
}

/** What an unsuccessful answer says, if it is JSON or plain text; a page of HTML is not repeated. */
export function parseFailure(bytes: Buffer, { headers }: Pick<RawAnswer, 'headers'>): Json | undefined {
  const type = String(headers['content-type'] ?? '');
  const text = bytes.toString('utf8');
  if (type.includes('text/plain')) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** V8 names the place where it gave up; at the very end, everything before it was good. A test holds its words. */
function stopsEarly(error: SyntaxError, text: string): boolean {
  const { message } = error;
  const position = /at position (\d+)/.exec(message)?.[1];
  return message.includes('Unexpected end of JSON input') || Number(position ?? -1) >= text.trimEnd().length;
}

function isTruncatedGzip(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'Z_BUF_ERROR' || error.code === 'Z_DATA_ERROR');
}
