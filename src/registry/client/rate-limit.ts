/** What a registry says of how many pulls are allowed, and how many are left. */
export interface RateLimit {
  /** Pulls in a window; absent where only what is left was said. */
  readonly limit?: number;
  /** As it was said: some registries go below zero (goharbor/harbor#13566). */
  readonly remaining?: number;
  /** Length of the window, seconds. Docker Hub never says when it ends. */
  readonly windowSeconds?: number;
  /** Whose pulls are counted: an IPv4 address, the base of an IPv6 /64, or an account. */
  readonly source?: string;
}

/** An answer's headers, as undici gives them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Docker Hub's headers (docs.docker.com, "Docker Hub usage and limits"): `ratelimit-limit: 100;w=21600`,
 * `ratelimit-remaining: 76;w=21600`, `docker-ratelimit-source`. Without any of them (paid accounts, addresses of
 * partners): undefined, which is not a limit that can be seen, and not the knowledge that there is none.
 */
export function rateLimitOf(headers: Headers): RateLimit | undefined {
  const limit = countOf(headers['ratelimit-limit']);
  const remaining = countOf(headers['ratelimit-remaining']);
  const source = only(headers['docker-ratelimit-source']);
  if (limit === undefined && remaining === undefined) return undefined;
  const windowSeconds = limit?.windowSeconds ?? remaining?.windowSeconds;
  return {
    ...(limit === undefined ? {} : { limit: limit.count }),
    ...(remaining === undefined ? {} : { remaining: remaining.count }),
    ...(windowSeconds === undefined ? {} : { windowSeconds }),
    ...(source === undefined ? {} : { source }),
  };
}

interface Count {
  readonly count: number;
  readonly windowSeconds?: number;
}

/** `<count>;w=<seconds>`; the window may be missing. */
function countOf(header: string | string[] | undefined): Count | undefined {
  const match = /^\s*(-?\d{1,15})\s*(?:;\s*w\s*=\s*(\d{1,10})\s*)?(?:;.*)?$/u.exec(only(header) ?? '');
  if (match === null) return undefined;
  return { count: Number(match[1]), ...(match[2] === undefined ? {} : { windowSeconds: Number(match[2]) }) };
}

/** A source is shown to people: one word, of what addresses and accounts are made of. */
function only(header: string | string[] | undefined): string | undefined {
  const value = typeof header === 'string' ? header : header?.[0];
  return value !== undefined && /^[\x20-\x7e]{1,200}$/u.test(value) ? value : undefined;
}
