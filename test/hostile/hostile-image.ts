import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { digestOf, makeImage, type StoredImage } from '../../testbed/fakes/docker-hub/images.ts';

const year = String(365 * 86_400);
/** A port on which no node listens (discard, RFC 863). */
const elsewhere = 'http://127.0.0.1:9/elsewhere';
const longer = 100_000;

/** What comes in place of a layer. */
const layers = {
  half: (bytes: Buffer, response: ServerResponse): void => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  },
  other: (bytes: Buffer, response: ServerResponse): void => {
    const other = Buffer.from(bytes);
    other[other.length >> 1] = (other[other.length >> 1] ?? 0) ^ 1;
    response.writeHead(200, { 'content-length': other.length }).end(other);
  },
  page: (_bytes: Buffer, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\u001b[2J log in</html>');
  },
  elsewhere: (_bytes: Buffer, response: ServerResponse): void => {
    response.writeHead(307, { location: elsewhere, 'content-length': 0 }).end();
  },
  'in-a-year': (_bytes: Buffer, response: ServerResponse): void => {
    response.writeHead(429, { 'retry-after': year, 'content-length': 0 }).end();
  },
  'behind-a-login': (_bytes: Buffer, response: ServerResponse, host: string): void => {
    const challenge = `Bearer realm="https://${host}/token",service="s",scope="repository:x:pull"`;
    response.writeHead(401, { 'www-authenticate': challenge, 'content-length': 0 }).end();
  },
} as const;

/** What is wrong when the image is pulled: its layer, or its manifest, which is another image's. */
export type PullFault = keyof typeof layers | 'manifest';

/** A registry with one image, under every name, that hands out something else when it is pulled. */
export class HostileImage {
  /** What a client is given, by its address. */
  readonly faults = new Map<string, PullFault>();
  readonly #image = made();
  readonly #other = made();

  get digest(): string {
    return digestOf(this.#image.manifest);
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { url = '', socket } = request;
    const fault = this.faults.get(socket.remoteAddress ?? '');
    if (url.includes('/manifests/')) this.#sendManifest(fault, request, response);
    else this.#sendBlob(fault, request, response);
  };

  #sendManifest(fault: PullFault | undefined, { method }: IncomingMessage, response: ServerResponse): void {
    const { manifest, mediaType } = fault === 'manifest' ? this.#other : this.#image;
    const said = { 'content-length': manifest.length, 'docker-content-digest': this.digest };
    response.writeHead(200, { 'content-type': mediaType, ...said }).end(method === 'HEAD' ? undefined : manifest);
  }

  #sendBlob(fault: PullFault | undefined, { url, headers }: IncomingMessage, response: ServerResponse): void {
    const blob = this.#image.blobs.get(url?.split('/').at(-1) ?? '') ?? Buffer.from('{"token":"a"}');
    if (fault === undefined || fault === 'manifest' || blob.length < longer)
      response.writeHead(200, { 'content-length': blob.length }).end(blob);
    else layers[fault](blob, response, headers.host ?? '');
  }
}

/** Of a layer that is longer than all else that a registry has to say. */
function made(): StoredImage {
  return makeImage({ repository: 'x', tag: '1', layer: randomBytes(2 * longer) });
}
