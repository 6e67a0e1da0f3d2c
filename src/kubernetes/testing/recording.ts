import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../api.ts';

/**
 * What went between the client and a real kube-apiserver, secrets left out; made by `testbed/control-plane/record.ts`.
 */
export interface Recording {
  /** What was recorded and from which server, for people. */
  readonly source: string;
  readonly exchanges: readonly RecordedExchange[];
}

export interface RecordedExchange {
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

export interface RecordedRequest {
  readonly method: string;
  /** Path and query as they were on the wire. */
  readonly target: string;
  /** Those of `comparedHeaders`. The token is replaced by its user: `Bearer reader`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
}

export interface RecordedResponse {
  readonly status: number;
  /** Those of `keptHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON as a value, a watch's lines as a list of texts, other text as it was. */
  readonly json?: Json;
  readonly lines?: readonly string[];
  readonly text?: string;
}

/**
 * Request headers that a client must repeat exactly; the rest (host, user-agent, lengths) has no meaning for the
 * server.
 */
export const comparedHeaders = [
  'accept',
  'accept-encoding',
  'authorization',
  'content-type',
  'impersonate-user',
  'impersonate-group',
] as const;
export const keptHeaders = ['content-type', 'date', 'retry-after', 'warning', 'cache-control'] as const;

export const recordedFolder = join(import.meta.dirname, '..', 'fixtures', 'recorded');

export async function readRecording(name: string): Promise<Recording> {
  return JSON.parse(await readFile(join(recordedFolder, `${name}.json`), 'utf8')) as Recording;
}

/** The headers of one side of an exchange that are recorded. */
export function pickHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) picked[name] = String(value);
  }
  return picked;
}
