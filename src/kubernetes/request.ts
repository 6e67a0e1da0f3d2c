import type { Json } from './api.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the server's own path, percent-encoded, without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly body?: Json;
  /** Media type of the body; JSON when absent. */
  readonly contentType?: string;
  /** Media types of the answer; JSON when absent. */
  readonly accept?: string;
  /** Asks for a compressed answer; off for streams. */
  readonly gzip?: boolean;
  /** Longest wait for the answer's first byte and between two bytes. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Path and query as they go on the wire; the order of the query is the caller's. */
export function requestTarget({ path, query = {} }: ApiRequest): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) search.append(name, String(one));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
