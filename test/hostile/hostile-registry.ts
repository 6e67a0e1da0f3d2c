import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

const year = String(365 * 86_400);
const megabyte = 1024 * 1024;
const indexType = 'application/vnd.oci.image.index.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** With so many bytes as it is said to have, and no more than comes. */
function body(
  response: ServerResponse,
  length: number,
  headers: Readonly<Record<string, string>> = {},
): ServerResponse {
  return response.writeHead(200, { 'content-type': manifestType, 'content-length': length, ...headers });
}

/** Without a GET nobody gets anything. */
function byGet(handler: (response: ServerResponse) => void): Handler {
  return ({ method }, response) =>
    method === 'GET' ? handler(response) : void response.writeHead(405, { 'content-length': 0 }).end();
}

/** As long as somebody reads on. */
function endless(response: ServerResponse): void {
  const piece = Buffer.alloc(megabyte, ' ');
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 1_000);
  response.on('close', () => clearInterval(timer));
}

const redirect =
  (to: string): Handler =>
  (_request, response) =>
    void response.writeHead(307, { location: to, 'content-length': 0 }).end();

/** Wants a token, which is had there; or gives one, which is not worth the name. */
function challenge(realm: string, token?: (response: ServerResponse) => void): Handler {
  return ({ url = '' }, response) => {
    if (url.startsWith('/token')) return token?.(response);
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"`, 'content-length': 0 }).end();
    return undefined;
  };
}

const own = (name: string): string => `https://${name}.hostile.test/token`;

/** An index that has the image for no node here, or one for each whose manifest is another's. */
function index(architecture: string): Handler {
  const digest = `sha256:${'0'.repeat(64)}`;
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [{ mediaType: manifestType, digest, size: 500, platform: { os: 'linux', architecture } }],
  });
  return ({ method }, response) =>
    void body(response, text.length, { 'content-type': indexType }).end(method === 'HEAD' ? undefined : text);
}

/** What registries do that mean harm, or are out of their mind: each way by its name. None has an image. */
export const hostile: Readonly<Record<string, Handler>> = {
  'too-many-for-a-year': (_request, response) =>
    void response.writeHead(429, { 'retry-after': year, 'content-length': 0 }).end(),
  'down-for-a-year': (_request, response) =>
    void response.writeHead(503, { 'retry-after': year, 'content-length': 0 }).end(),
  circle: ({ url = '' }, response) =>
    void response.writeHead(307, { location: `${url.slice(0, 100)}x`, 'content-length': 0 }).end(),
  metadata: redirect('http://169.254.169.254/latest/meta-data/iam'),
  file: redirect('file:///etc/shadow'),
  page: (_request, response) => {
    const text = '<html>\u001b[2J log in</html>';
    body(response, text.length, { 'content-type': 'text/html; charset=utf-8' }).end(text);
  },
  'odd-type': (_request, response) => body(response, 2, { 'content-type': 'text/html;\u00ff' }).end('{}'),
  'page-by-get': byGet((response) => void body(response, 2, { 'content-type': 'Text/HTML' }).end('{}')),
  headers: (_request, response) => {
    response.socket?.end(`HTTP/1.1 200 OK\r\n${`x-a: ${'a'.repeat(900)}\r\n`.repeat(20_000)}\r\n`);
  },
  'no-http': (_request, response) => void response.socket?.end('\u001b]0;owned\u0007\r\n\r\n'),
  silent: () => undefined,
  'token-elsewhere': challenge('http://169.254.169.254/token'),
  'token-of-a-file': challenge('file:///etc/shadow'),
  'token-without-end': challenge(own('token-without-end'), (response) => endless(body(response, 1024 * megabyte))),
  'half-a-token': challenge(own('half-a-token'), (response) => {
    body(response, 4_000).write('{"token":"a"}', () => response.destroy());
  }),
  'token-by-drops': challenge(own('token-by-drops'), (response) => drip(body(response, 1024))),
  'token-packed': challenge(own('token-packed'), (response) => {
    const packed = gzipSync(Buffer.alloc(64 * megabyte, ' '));
    body(response, packed.length, { 'content-encoding': 'gzip' }).end(packed);
  }),
  'token-nested': challenge(own('token-nested'), (response) => {
    const text = '['.repeat(200_000);
    body(response, text.length).end(text);
  }),
  'token-of-lines': challenge(own('token-of-lines'), (response) => {
    const text = JSON.stringify({ token: 'a\r\nx-injected: 1' });
    body(response, text.length).end(text);
  }),
};

/** The same of manifests, for whoever reads one. */
export const hostileManifests: Readonly<Record<string, Handler>> = {
  'manifest-without-end': ({ method }, response) => {
    const answer = body(response, 1024 * megabyte);
    if (method === 'HEAD') answer.end();
    else endless(answer);
  },
  'manifest-by-drops': ({ method }, response) => {
    const answer = body(response, 1024);
    if (method === 'HEAD') answer.end();
    else drip(answer);
  },
  'half-a-manifest': ({ method }, response) => {
    const answer = body(response, 4_000);
    if (method === 'HEAD') answer.end();
    else answer.write('{"schemaVersion":2,', () => response.destroy());
  },
  'no-platform': index('s390x'),
  'other-manifest': index('amd64'),
};
