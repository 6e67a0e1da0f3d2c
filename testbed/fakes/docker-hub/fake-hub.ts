import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { StoredImage } from './images.ts';
import { digestOf } from './images.ts';
import { PullCounter, windowSeconds, type Puller } from './pull-counter.ts';

export interface FakeHubOptions {
  /** Where its tokens are given: `https://auth.docker.io/token`, or its own address with the path `/token`. */
  readonly realm: (request: IncomingMessage) => string;
  readonly images: readonly StoredImage[];
  /** Pulls in a window without a login. */
  readonly anonymousLimit: number;
  readonly accounts?: readonly FakeAccount[];
  /**
   * What it answers with a plain 429 at all times, as it does with everything while `abuse` is set: a test has both
   * beside each other.
   */
  readonly abused?: (url: URL) => boolean;
  /**
   * Host where its layers are, to which it sends whoever asks for one, as the real one does; default: it gives them
   * itself.
   */
  readonly blobHost?: (request: IncomingMessage) => string | undefined;
}

export interface FakeAccount {
  readonly user: string;
  readonly password: string;
  /** Undefined: a paid account. */
  readonly limit: number | undefined;
}

/** Where the layers are on their own host; a digest follows. */
const blobPath = '/layers/';

interface Holder extends Puller {
  readonly account: string | undefined;
}

const sentences = {
  anonymous: 'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
  account:
    'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: ' +
    'https://www.docker.com/increase-rate-limit',
} as const;

/** A fake of Docker Hub (see README.md): tokens, manifests, blobs, and the counting of pulls. */
export class FakeHub {
  readonly pulls = new PullCounter();
  /** Users whose login came here, right or wrong. */
  readonly logins: string[] = [];
  /** Answers everything with a plain 429, as against too many requests of any kind. */
  abuse = false;
  readonly #options: FakeHubOptions;
  readonly #tokens = new Map<string, Holder>();

  constructor(options: FakeHubOptions) {
    this.#options = options;
  }

  readonly handle: RequestListener = (request, response) => {
    if (request.method !== 'POST') request.resume();
    const url = new URL(request.url ?? '/', 'http://fake');
    if (this.abuse || this.#options.abused?.(url) === true)
      send(response, { status: 429, type: 'text/plain', body: 'Too Many Requests' });
    else if (url.pathname === '/token')
      void loginOf(request).then((login) => this.#giveToken(request, response, login));
    else if (url.pathname.startsWith(blobPath))
      sendBlob(request, response, this.#options.images, url.pathname.slice(blobPath.length));
    else this.#serve(request, response, url);
  };

  #giveToken(request: IncomingMessage, response: ServerResponse, login: string | undefined): void {
    if (login !== undefined) this.logins.push(login.slice(0, login.indexOf(':')));
    const holder = this.#holderOf(request, login);
    if (holder === undefined) {
      send(response, { status: 401, body: JSON.stringify({ details: 'incorrect username or password' }) });
      return;
    }
    const token = randomUUID();
    this.#tokens.set(token, holder);
    send(response, {
      status: 200,
      body: JSON.stringify({ token, access_token: token, expires_in: 300, issued_at: new Date().toISOString() }),
    });
  }

  #holderOf({ socket }: IncomingMessage, login: string | undefined): Holder | undefined {
    if (login === undefined) {
      const source = (socket.remoteAddress ?? '').replace(/^::ffff:/u, '');
      return { source, limit: this.#options.anonymousLimit, account: undefined };
    }
    const account = this.#options.accounts?.find(({ user, password }) => login === `${user}:${password}`);
    return account && { source: account.user, limit: account.limit, account: account.user };
  }

  #serve(request: IncomingMessage, response: ServerResponse, { pathname }: URL): void {
    const holder = this.#tokens.get((request.headers.authorization ?? '').replace(/^Bearer /u, ''));
    const place = placeOf(pathname);
    const images = this.#options.images.filter(({ repository }) => repository === place?.repository);
    if (holder === undefined || (place && !mayRead(holder, images))) {
      this.#challenge(request, response, { repository: place?.repository, refused: holder !== undefined });
    } else if (place === undefined) send(response, { status: 200, body: '{}' });
    else if (place.kind === 'blobs') this.#sendToBlob(request, response, images, place.reference);
    else if (place.kind === 'tags') sendTags(response, place.repository, images);
    else
      this.#sendManifest(request, response, {
        holder,
        image: images.find(({ tag, manifest }) => tag === place.reference || digestOf(manifest) === place.reference),
      });
  }

  /** An image that is not there and one that is not for this user look the same. */
  #challenge(
    request: IncomingMessage,
    response: ServerResponse,
    { repository, refused }: { readonly repository: string | undefined; readonly refused: boolean },
  ): void {
    const scope = repository === undefined ? '' : `,scope="repository:${repository}:pull"`;
    const error = refused ? ',error="insufficient_scope"' : '';
    const header = `Bearer realm="${this.#options.realm(request)}",service="registry.docker.io"${scope}${error}`;
    send(
      response,
      {
        status: 401,
        headers: { 'www-authenticate': header },
        body: failure('UNAUTHORIZED', 'authentication required'),
      },
      request,
    );
  }

  #sendManifest(
    request: IncomingMessage,
    response: ServerResponse,
    { holder, image }: { readonly holder: Holder; readonly image: StoredImage | undefined },
  ): void {
    if (image === undefined) {
      send(
        response,
        { status: 404, headers: this.#rateHeaders(holder), body: failure('MANIFEST_UNKNOWN', 'manifest unknown') },
        request,
      );
      return;
    }
    const allowed = request.method === 'HEAD' || this.pulls.pull(holder).allowed;
    const headers = this.#rateHeaders(holder);
    if (!allowed) {
      const body = failure('TOOMANYREQUESTS', sentences[holder.account === undefined ? 'anonymous' : 'account']);
      send(response, { status: 429, headers, body }, request);
      return;
    }
    send(
      response,
      {
        status: 200,
        type: image.mediaType,
        headers: { ...headers, 'docker-content-digest': digestOf(image.manifest) },
        body: image.manifest,
      },
      request,
    );
  }

  #sendToBlob(
    request: IncomingMessage,
    response: ServerResponse,
    images: readonly StoredImage[],
    digest: string,
  ): void {
    const host = this.#options.blobHost?.(request);
    if (host === undefined) sendBlob(request, response, images, digest);
    else send(response, { status: 307, headers: { location: `https://${host}${blobPath}${digest}` }, body: '' });
  }

  #rateHeaders(holder: Holder): Readonly<Record<string, string>> {
    if (holder.limit === undefined) return {};
    return {
      'ratelimit-limit': `${holder.limit};w=${windowSeconds}`,
      'ratelimit-remaining': `${this.pulls.left(holder) ?? 0};w=${windowSeconds}`,
      'docker-ratelimit-source': holder.source,
    };
  }
}

/**
 * `user:password`, by Basic or as a form (distribution's docs/spec/auth/oauth: containerd posts one first); undefined
 * without a login.
 */
async function loginOf(request: IncomingMessage): Promise<string | undefined> {
  const { authorization } = request.headers;
  if (request.method !== 'POST')
    return authorization && Buffer.from(authorization.replace(/^Basic /u, ''), 'base64').toString('utf8');
  const form = new URLSearchParams(await text(request));
  return form.get('grant_type') === 'password' ? `${form.get('username')}:${form.get('password')}` : undefined;
}

interface Place {
  readonly repository: string;
  readonly kind: string;
  readonly reference: string;
}

/** Undefined for what is no image's: `/v2/` itself. */
function placeOf(path: string): Place | undefined {
  const [, repository, kind, reference] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/u.exec(path) ?? [];
  return repository !== undefined && kind !== undefined && reference !== undefined
    ? { repository, kind, reference }
    : undefined;
}

/** What is not there is hidden as well. */
function mayRead({ account }: Holder, images: readonly StoredImage[]): boolean {
  return account !== undefined || (images.length > 0 && images.every((image) => image.private !== true));
}

function sendTags(response: ServerResponse, name: string, images: readonly StoredImage[]): void {
  if (images.length === 0)
    send(response, { status: 404, body: failure('NAME_UNKNOWN', 'repository name not known to registry') });
  else send(response, { status: 200, body: JSON.stringify({ name, tags: images.map(({ tag }) => tag) }) });
}

function sendBlob(
  request: IncomingMessage,
  response: ServerResponse,
  images: readonly StoredImage[],
  digest: string,
): void {
  const blob = images.map(({ blobs }) => blobs.get(digest)).find((found) => found !== undefined);
  if (blob === undefined)
    send(response, { status: 404, body: failure('BLOB_UNKNOWN', 'blob unknown to registry') }, request);
  else
    send(
      response,
      { status: 200, type: 'application/octet-stream', headers: { 'docker-content-digest': digest }, body: blob },
      request,
    );
}

interface Sent {
  readonly status: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

function send(
  response: ServerResponse,
  { status, type = 'application/json', headers = {}, body }: Sent,
  request?: IncomingMessage,
): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    'docker-distribution-api-version': 'registry/2.0',
    ...headers,
  });
  response.end(request?.method === 'HEAD' ? undefined : bytes);
}

function failure(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}
