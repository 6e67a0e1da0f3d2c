import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { digestOf, emptyLayer, makeImage, type StoredImage } from '../docker-hub/images.ts';

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

type Answers = (request: IncomingMessage) => Answer;

const error = (code: string, message: string): string => JSON.stringify({ errors: [{ code, message }] });
const says =
  (status: number, code: string, message: string): Answers =>
  () => ({ status, body: error(code, message) });
const page =
  (status: number, title: string): Answers =>
  () => ({
    status,
    type: 'text/html',
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  });
const unknown = says(404, 'MANIFEST_UNKNOWN', 'manifest unknown');

/** By the name that a registry is asked under. */
const answersByName: ReadonlyMap<string, Answers> = new Map<string, Answers>([
  ['ghcr.io', says(429, 'TOOMANYREQUESTS', 'retry-after: 880.092µs, allowed: 44000/minute')],
  ['public.ecr.aws', says(429, 'TOOMANYREQUESTS', 'Rate exceeded')],
  ['busy.test', page(429, '429 Too Many Requests')],
  ['forbidden.test', says(403, 'DENIED', 'access forbidden')],
  ['forbidden-page.test', page(403, '403 Forbidden')],
  ['unauthorized.test', refuseItsOwnToken],
  ['broken.test', says(500, 'UNKNOWN', 'unknown error')],
  ['overloaded.test', page(503, '503 Service Temporarily Unavailable')],
  ['gateway.test', page(502, '502 Bad Gateway')],
  [
    'old.test',
    () => ({ status: 200, type: 'application/vnd.docker.distribution.manifest.v1+prettyjws', body: schema1 }),
  ],
  ['platform.test', otherPlatforms],
  ['web.test', page(200, 'Sign in')],
  ['tampered.test', tamper],
  [
    'docker.pkg.github.com',
    (request) =>
      request.url?.startsWith('/v2/gone/') === true
        ? unknown(request)
        : {
            status: 401,
            headers: { 'www-authenticate': 'Basic realm="GitHub Package Registry"' },
            body: error('UNAUTHORIZED', 'GitHub Docker Registry needs login'),
          },
  ],
  ['k8s.gcr.io', unknown],
  ['gcr.io', unknown],
]);

const soundName = 'sound.test';

export const troubledNames: readonly string[] = [...answersByName.keys(), soundName];

/** A registry that is sound, with a single image. */
export function soundRegistry(image: StoredImage): Answers {
  return ({ url = '' }) => {
    if (url.includes('/manifests/')) return { status: 200, type: image.mediaType, body: image.manifest };
    const blob = image.blobs.get(url.split('/').at(-1) ?? '');
    return { status: 200, ...(blob === undefined ? { body: '{}' } : { type: 'application/octet-stream', body: blob }) };
  };
}

/** Everything, by the name that was asked; any other registry has nothing. */
export function answerTroubled(sound: Answers): RequestListener {
  return (request, response) =>
    answer(
      request,
      response,
      request.headers.host === soundName ? sound : (answersByName.get(request.headers.host ?? '') ?? unknown),
    );
}

function answer(request: IncomingMessage, response: ServerResponse, answers: Answers): void {
  request.resume();
  const { status, type = 'application/json', headers = {}, body = '' } = answers(request);
  const bytes = Buffer.from(body);
  const digest =
    status === 200 && request.url?.includes('/manifests/') === true ? { 'docker-content-digest': digestOf(bytes) } : {};
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, ...digest, ...headers });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function refuseItsOwnToken({ url, headers }: IncomingMessage): Answer {
  if (url?.startsWith('/token') === true)
    return { status: 200, body: JSON.stringify({ token: 'refused', access_token: 'refused', expires_in: 300 }) };
  return {
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="https://${headers.host}/token",service="registry"` },
    body: error('UNAUTHORIZED', 'authentication required'),
  };
}

/** Unsigned: whoever still takes schema 1 looks at the signature only then. */
const schema1 = JSON.stringify({
  schemaVersion: 1,
  name: 'app',
  tag: '1',
  architecture: 'amd64',
  fsLayers: [],
  history: [],
  signatures: [],
});

const index = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifests: ['s390x', 'ppc64le', 'riscv64'].map((architecture) => ({
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    size: 500,
    digest: digestOf(Buffer.from(architecture)),
    platform: { os: 'linux', architecture },
  })),
});

function otherPlatforms(request: IncomingMessage): Answer {
  return request.url === '/v2/'
    ? { status: 200, body: '{}' }
    : { status: 200, type: 'application/vnd.docker.distribution.manifest.list.v2+json', body: index };
}

const tampered: StoredImage = makeImage({
  repository: 'app',
  tag: '1',
  layer: Buffer.concat([Buffer.from('content of its own'), emptyLayer]),
});

/** Its blobs have the right length and one byte that is another. */
function tamper(request: IncomingMessage): Answer {
  const sound = soundRegistry(tampered)(request);
  if (sound.type !== 'application/octet-stream') return sound;
  const other = Buffer.from(sound.body ?? '');
  other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
  return { ...sound, body: other };
}
