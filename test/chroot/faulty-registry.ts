import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface Login {
  readonly user: string;
  readonly password: string;
}

/** What goes wrong. A layer is what is larger than the image's other parts. */
export interface RegistryFault {
  /** Whatever manifest is asked for, it answers with this digest's. */
  readonly otherManifest?: string;
  /** In the middle of a layer the connection ends, or nothing more comes; or what comes has no end, said to be a tebibyte or not. */
  readonly layer?: 'half' | 'silent' | 'endless' | 'tebibyte';
  /** Nothing comes of a layer but an error in these words (distribution-spec, "Error Codes"). */
  readonly says?: string;
  /** Of a layer no more than this comes in a second; it is not wrong, only slow. */
  readonly bytesPerSecond?: number;
  /** Wants a token, which its own service gives who logs in (distribution-spec, token authentication). */
  readonly tokenFor?: Login;
}

export interface FaultyRegistry {
  readonly host: string;
  fault: RegistryFault;
  readonly close: () => Promise<void>;
}

const token = 'c2VjcmV0';

/** Stands in for a registry that does wrong: hands on to a real one, and changes what the fault says. */
export async function startFaultyRegistry(upstream: string): Promise<FaultyRegistry> {
  const server = createServer((request, response) => {
    const { fault, host } = registry;
    if (fault.tokenFor !== undefined && !isLetIn(request, response, { host, login: fault.tokenFor })) return;
    handOn(upstream, fault, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const registry: FaultyRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: {},
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return registry;
}

async function handOn(
  upstream: string,
  fault: RegistryFault,
  { url: path = '', method = 'GET', headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { otherManifest } = fault;
  const asked = otherManifest === undefined ? path : path.replace(/(\/manifests\/).*$/u, `$1${otherManifest}`);
  const found = await fetch(`http://${upstream}${asked}`, { method, headers: { accept: headers.accept ?? '*/*' } });
  const body = Buffer.from(await found.arrayBuffer());
  if (isOfLayer(path, body)) {
    await sendLayer(found, { path, body }, fault, response);
    return;
  }
  response.writeHead(found.status, headersOf(found, { path, body })).end(body);
}

interface Asked {
  readonly path: string;
  readonly body: Buffer;
}

function headersOf(found: Response, { path, body }: Asked): OutgoingHttpHeaders {
  return {
    'content-type': found.headers.get('content-type') ?? '',
    'docker-content-digest': path.split('/').at(-1),
    'content-length': found.headers.get('content-length') ?? body.length,
  };
}

function isOfLayer(path: string, body: Buffer): boolean {
  return body.length >= 1_000 && path.includes('/blobs/');
}

async function sendLayer(found: Response, asked: Asked, fault: RegistryFault, response: ServerResponse): Promise<void> {
  const { layer, says, bytesPerSecond } = fault;
  if (says !== undefined) {
    const errors = [{ code: 'BLOB_UNKNOWN', message: says }];
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }));
    return;
  }
  if (layer === 'endless' || layer === 'tebibyte') {
    response.writeHead(found.status, layer === 'tebibyte' ? { 'content-length': 2 ** 40 } : {});
    await sendForEver(response);
    return;
  }
  response.writeHead(found.status, headersOf(found, asked));
  const { body } = asked;
  if (layer !== undefined)
    response.write(body.subarray(0, body.length / 2), () => {
      if (layer === 'half') response.destroy();
    });
  else if (bytesPerSecond === undefined) response.end(body);
  else await trickle(body, bytesPerSecond, response);
}

/** Four megabytes a second, so that a small disk is not full at once. */
async function sendForEver(response: ServerResponse): Promise<void> {
  const piece = Buffer.alloc(200_000, 1);
  while (!response.destroyed) {
    response.write(piece);
    await sleep(50);
  }
}

async function trickle(body: Buffer, bytesPerSecond: number, response: ServerResponse): Promise<void> {
  const piece = Math.ceil(bytesPerSecond / 20);
  for (let at = 0; at < body.length && !response.destroyed; at += piece) {
    response.write(body.subarray(at, at + piece));
    await sleep(50);
  }
  response.end();
}

function isLetIn(
  { url, headers: { authorization } }: IncomingMessage,
  response: ServerResponse,
  { host, login: { user, password } }: { readonly host: string; readonly login: Login },
): boolean {
  if (url?.startsWith('/token') === true) {
    const isRight = authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ token, access_token: token }));
    return false;
  }
  if (authorization === `Bearer ${token}`) return true;
  const challenge = `Bearer realm="http://${host}/token",service="test",scope="repository:base/pause:pull"`;
  response.writeHead(401, { 'www-authenticate': challenge }).end();
  return false;
}
