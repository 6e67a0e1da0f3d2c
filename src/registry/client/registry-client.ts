import type { ImageReference } from '../reference/image-reference.ts';
import { parseChallenges, type Challenge } from './challenge.ts';
import { basic, type RegistryLogin } from './credentials.ts';
import { endpointOf, isHub } from './endpoint.ts';
import { rateLimitOf, type RateLimit } from './rate-limit.ts';
import {
  invalid,
  RegistryConnection,
  type ConnectionOptions,
  type RegistryAnswer,
  type RegistrySender,
} from './registry-connection.ts';
import { realmOf, TokenStore } from './token-store.ts';

export interface RegistryClientOptions extends ConnectionOptions {
  /** Registries that are asked without TLS, as references write them. */
  readonly plainHttp?: ReadonlySet<string>;
  /** The login of a registry; without one it is asked anonymously. */
  readonly loginOf?: (registry: string) => RegistryLogin | undefined;
  /** The only hosts that a login is sent to; without it, wherever the registry sends for a token. */
  readonly loginHosts?: ReadonlySet<string>;
}

/** What a registry says of one image, without sending it. */
export type ManifestAnswer =
  | { readonly state: 'found'; readonly digest?: string; readonly rate?: RateLimit }
  | { readonly state: 'absent' }
  /** It wants a login, or another one. Many registries say so of what does not exist as well. */
  | { readonly state: 'denied'; readonly status: number }
  | { readonly state: 'limited'; readonly rate?: RateLimit }
  | { readonly state: 'failed'; readonly status: number };

export type ManifestText =
  | Exclude<ManifestAnswer, { readonly state: 'found' }>
  | { readonly state: 'found'; readonly text: string };

export interface RegistryClient {
  /**
   * Asks whether an image is there. By HEAD, which Docker Hub does not count as a pull.
   * @throws NodemendError REGISTRY_UNREACHABLE, REGISTRY_UNTRUSTED, REGISTRY_ANSWER_INVALID; the signal's reason.
   */
  readonly headManifest: (reference: ImageReference, signal: AbortSignal) => Promise<ManifestAnswer>;
  /** The manifest itself; on Docker Hub that is a pull. @throws as `headManifest` */
  readonly getManifest: (reference: ImageReference, signal: AbortSignal) => Promise<ManifestText>;
  /**
   * Asks whether there are images of that name at all, whatever tag or digest the reference has. @throws as
   * `headManifest`
   */
  readonly findRepository: (reference: ImageReference, signal: AbortSignal) => Promise<ManifestAnswer>;
  /**
   * Asks, without a login, which host a login for this image would be sent to: the one that gives tokens, or the
   * registry itself. Undefined when it wants none. @throws as `headManifest`
   */
  readonly findLoginHost: (reference: ImageReference, signal: AbortSignal) => Promise<string | undefined>;
  /**
   * Asks whether a registry takes the login that is there for it, without an image (OCI distribution, "Determining
   * Support": `/v2/`).
   * @throws as `headManifest`
   */
  readonly checkLogin: (registry: string, signal: AbortSignal) => Promise<LoginAnswer>;
  readonly close: () => Promise<void>;
}

/** `not-asked`: it answers everybody, so that nothing is known of the login. */
export type LoginAnswer =
  | { readonly state: 'accepted' | 'not-asked' }
  | { readonly state: 'refused' | 'failed'; readonly status: number };

/**
 * Indexes and manifests, of OCI and of Docker; without the first two of each a registry sends what only old clients
 * read.
 */
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** @param connection who sends the requests; by default this process */
export function createRegistryClient(
  options: RegistryClientOptions,
  connection: RegistrySender = new RegistryConnection(options),
): RegistryClient {
  const tokens = new TokenStore(connection);
  return {
    headManifest: (reference, signal) => headManifest({ options, connection, tokens, signal }, reference),
    getManifest: (reference, signal) => getManifest({ options, connection, tokens, signal }, reference),
    findRepository: (reference, signal) => findRepository({ options, connection, tokens, signal }, reference),
    findLoginHost: (reference, signal) => findLoginHost({ options, connection, tokens, signal }, reference),
    checkLogin: (registry, signal) => checkLogin({ options, connection, tokens, signal }, registry),
    close: () => connection.close(),
  };
}

interface Asking {
  readonly options: RegistryClientOptions;
  readonly connection: RegistrySender;
  readonly tokens: TokenStore;
  readonly signal: AbortSignal;
}

async function headManifest(asking: Asking, reference: ImageReference): Promise<ManifestAnswer> {
  const place = placeOf(asking, reference, manifestOf(reference));
  const answer = await ask(asking, place, 'HEAD');
  // Some registries refuse HEAD altogether (GitHub Enterprise). On Docker Hub a GET would be a pull.
  const last = answer.status === 405 && !isHub(place.endpoint) ? await ask(asking, place, 'GET') : answer;
  return readAnswer(last, place.endpoint);
}

async function getManifest(asking: Asking, reference: ImageReference): Promise<ManifestText> {
  const place = placeOf(asking, reference, manifestOf(reference));
  const answer = await ask(asking, place, 'GET', true);
  const read = readAnswer(answer, place.endpoint);
  return read.state === 'found' ? { state: 'found', text: answer.body } : read;
}

async function findRepository(asking: Asking, reference: ImageReference): Promise<ManifestAnswer> {
  const place = placeOf(asking, reference, 'tags/list?n=1');
  return readAnswer(await ask(asking, place, 'GET'), place.endpoint);
}

async function findLoginHost(asking: Asking, reference: ImageReference): Promise<string | undefined> {
  const { url, endpoint } = placeOf(asking, reference, manifestOf(reference));
  const answer = await asking.connection.send({
    method: 'HEAD',
    url,
    headers: { accept },
    read: false,
    signal: asking.signal,
  });
  const challenge = answer.status === 401 && isOf(endpoint, answer) ? usable(answer.headers, true) : undefined;
  return challenge && loginHostOf(challenge, endpoint);
}

async function checkLogin(asking: Asking, registry: string): Promise<LoginAnswer> {
  const endpoint = endpointOf(registry, asking.options.plainHttp ?? new Set());
  const place = { url: new URL('v2/', endpoint), endpoint, login: asking.options.loginOf?.(registry) };
  const open = await asking.connection.send({
    method: 'GET',
    url: place.url,
    headers: {},
    read: false,
    signal: asking.signal,
  });
  if (open.status === 200) return { state: 'not-asked' };
  const { status } = await ask(asking, place, 'GET');
  if (status === 200) return { state: 'accepted' };
  return { state: status === 401 || status === 403 ? 'refused' : 'failed', status };
}

function manifestOf({ tag, digest }: ImageReference): string {
  return `manifests/${digest ?? tag ?? 'latest'}`;
}

interface Place {
  readonly url: URL;
  readonly endpoint: URL;
  readonly login: RegistryLogin | undefined;
}

function placeOf({ options }: Asking, { registry, repository }: ImageReference, what: string): Place {
  const endpoint = endpointOf(registry, options.plainHttp ?? new Set());
  return { url: new URL(`v2/${repository}/${what}`, endpoint), endpoint, login: options.loginOf?.(registry) };
}

async function ask(
  { options, connection, tokens, signal }: Asking,
  { url, endpoint, login: own }: Place,
  method: 'HEAD' | 'GET',
  read = false,
): Promise<RegistryAnswer> {
  const request = { method, url, read, signal };
  const first = await connection.send({ ...request, headers: { accept } });
  const login = isOf(endpoint, first) ? own : undefined;
  const challenge = first.status === 401 ? usable(first.headers, login !== undefined) : undefined;
  if (challenge === undefined) return first;
  if (login && options.loginHosts) checkLoginHost(challenge, endpoint, options.loginHosts);
  if (challenge.scheme === 'basic' && login)
    return connection.send({ ...request, headers: { accept, authorization: basic(login) } });
  const answer = await tokens.tokenFor({ challenge, endpoint, login, signal });
  if ('refused' in answer) return answer.refused;
  return connection.send({ ...request, headers: { accept, authorization: `Bearer ${answer.token}` } });
}

/**
 * A registry says where its own login goes, as for docker and containerd; whoever it redirects to does not
 * (CVE-2020-15157).
 */
function isOf(endpoint: URL, { origin = endpoint.origin }: RegistryAnswer): boolean {
  return origin === endpoint.origin;
}

/** A token is asked for even without a login: that is how an image that is open to all is read. */
function usable(headers: RegistryAnswer['headers'], hasLogin: boolean): Challenge | undefined {
  const challenges = parseChallenges(headers['www-authenticate']);
  return (
    challenges.find(({ scheme }) => scheme === 'bearer') ??
    challenges.find(({ scheme }) => scheme === 'basic' && hasLogin)
  );
}

function loginHostOf(challenge: Challenge, endpoint: URL): string {
  return challenge.scheme === 'basic' ? endpoint.host : realmOf(challenge, endpoint).host;
}

/** A registry may change its mind about where it sends for tokens. @throws NodemendError REGISTRY_ANSWER_INVALID */
function checkLoginHost(challenge: Challenge, endpoint: URL, allowed: ReadonlySet<string>): void {
  const host = loginHostOf(challenge, endpoint);
  if (!allowed.has(host))
    throw invalid(endpoint, `it wants the login to be sent to ${host}, which nobody was asked about`);
}

/** @throws NodemendError REGISTRY_ANSWER_INVALID: portals and proxies answer everything with 200 and a page of theirs. */
function readAnswer(answer: RegistryAnswer, endpoint: URL): ManifestAnswer {
  const type = String(answer.headers['content-type'] ?? '');
  if (answer.status === 200 && /^\s*text\/html\b/iu.test(type))
    throw invalid(endpoint, 'it answers with a web page (text/html)');
  return answerOf(answer);
}

function answerOf({ status, headers }: RegistryAnswer): ManifestAnswer {
  const rate = rateLimitOf(headers);
  const digest = headers['docker-content-digest'];
  if (status === 200)
    return {
      state: 'found',
      ...(typeof digest === 'string' && isDigest(digest) ? { digest } : {}),
      ...(rate ? { rate } : {}),
    };
  if (status === 404) return { state: 'absent' };
  if (status === 429) return { state: 'limited', ...(rate ? { rate } : {}) };
  return status === 401 || status === 403 ? { state: 'denied', status } : { state: 'failed', status };
}

function isDigest(text: string): boolean {
  return /^[a-z0-9+._-]{1,32}:[a-f0-9]{32,128}$/u.test(text);
}
