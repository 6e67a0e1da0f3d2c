import type { Challenge } from './challenge.ts';
import { basic, type RegistryLogin } from './credentials.ts';
import { invalid, type RegistryAnswer, type RegistrySender } from './registry-connection.ts';

/** A token without a stated life lives this long (distribution, "Token Authentication Specification"). */
const defaultLifeSeconds = 60;
/** A token that is about to end is asked for again. */
const spareMs = 5_000;

export interface TokenRequest {
  readonly challenge: Challenge;
  /** Who offers it: over TLS only, unless this registry is itself asked without. */
  readonly endpoint: URL;
  readonly login: RegistryLogin | undefined;
  readonly signal: AbortSignal;
}

/** A token, or what the server that gives them said instead. */
export type TokenAnswer = { readonly token: string } | { readonly refused: RegistryAnswer };

interface KeptToken {
  readonly token: string;
  readonly until: number;
}

/** Tokens of registries, by what they are good for: to ask for each once spares the server's own limit. */
export class TokenStore {
  readonly #connection: RegistrySender;
  readonly #kept = new Map<string, KeptToken>();

  constructor(connection: RegistrySender) {
    this.#connection = connection;
  }

  /** @throws NodemendError REGISTRY_… */
  async tokenFor({ challenge, endpoint, login, signal }: TokenRequest): Promise<TokenAnswer> {
    const url = tokenUrl(challenge, endpoint);
    const key = JSON.stringify([url.href, login?.user]);
    const kept = this.#kept.get(key);
    if (kept && kept.until > performance.now()) return kept;
    const headers = login ? { authorization: basic(login) } : {};
    const answer = await this.#connection.send({ method: 'GET', url, headers, read: true, signal });
    if (answer.status !== 200) return { refused: answer };
    const { token, lifeSeconds } = readToken(answer.body, url);
    this.#kept.set(key, { token, until: performance.now() + lifeSeconds * 1000 - spareMs });
    return { token };
  }
}

/**
 * Where a token is given. @throws NodemendError REGISTRY_ANSWER_INVALID: a login must not go where nobody listens in
 * TLS.
 */
export function realmOf({ parameters }: Challenge, endpoint: URL): URL {
  const realm = URL.parse(parameters.get('realm') ?? '');
  const isSafe = realm?.protocol === 'https:' || (realm?.protocol === 'http:' && endpoint.protocol === 'http:');
  if (realm === null || !isSafe) throw invalid(endpoint, 'it names no safe place to ask for a token');
  return realm;
}

function tokenUrl(challenge: Challenge, endpoint: URL): URL {
  const realm = realmOf(challenge, endpoint);
  const { parameters } = challenge;
  for (const name of ['service', 'scope']) {
    const value = parameters.get(name);
    if (value !== undefined) realm.searchParams.set(name, value);
  }
  return realm;
}

function readToken(body: string, url: URL): { readonly token: string; readonly lifeSeconds: number } {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    throw invalid(url, 'its token is no JSON');
  }
  const {
    token,
    access_token: accessToken,
    expires_in: expiresIn,
  } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const found = typeof token === 'string' && token !== '' ? token : accessToken;
  // It becomes a header's value.
  if (typeof found !== 'string' || !/^[\x21-\x7e]{1,65536}$/u.test(found)) throw invalid(url, 'it gives no token');
  return { token: found, lifeSeconds: typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : defaultLifeSeconds };
}
