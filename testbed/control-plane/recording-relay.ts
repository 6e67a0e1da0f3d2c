import { createServer, request as httpsRequest } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../../src/kubernetes/api.ts';
import {
  keptHeaders,
  pickHeaders,
  type RecordedExchange,
  type RecordedRequest,
  type RecordedResponse,
} from '../../src/kubernetes/testing/recording.ts';
import { closeServer, readRequest } from '../../src/kubernetes/testing/replay-server.ts';
import type { ControlPlane } from './control-plane.ts';

/** Stands between a client and the real server, passes everything on, and notes what passed. */
export interface RecordingRelay {
  readonly url: string;
  /** What passed since the last call. */
  readonly take: () => readonly RecordedExchange[];
  readonly statuses: () => readonly number[];
  /** Runs before each request is passed on: to change the cluster in the middle of a paged list. */
  beforeRequest: (request: RecordedRequest) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What a relay needs of the server that it stands in front of. */
export type RelayedServer = Pick<ControlPlane, 'server' | 'authority' | 'tokens'>;

export async function startRecordingRelay(plane: RelayedServer): Promise<RecordingRelay> {
  const serving = await plane.authority.issue({ commonName: 'recording-relay', ip: ['127.0.0.1'] });
  let exchanges: RecordedExchange[] = [];
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request = await readRequest(incoming);
    await relay.beforeRequest(redact(request, plane.tokens));
    const { response, bytes } = await forward(plane, request, incoming);
    exchanges.push({ request: redact(request, plane.tokens), response });
    outgoing.writeHead(response.status, response.headers);
    outgoing.end(bytes);
  };
  const server = createServer({ cert: serving.certificate, key: serving.key }, (incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const relay: RecordingRelay = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = exchanges;
      exchanges = [];
      return taken;
    },
    statuses: () => exchanges.map(({ response }) => response.status),
    beforeRequest: () => Promise.resolve(),
    close: () => closeServer(server),
  };
  return relay;
}

interface Passed {
  readonly response: RecordedResponse;
  readonly bytes: Buffer;
}

/** Answers are passed on whole, uncompressed: a recording is read by people. */
async function forward(
  plane: RelayedServer,
  { method, target, body }: RecordedRequest,
  incoming: IncomingMessage,
): Promise<Passed> {
  const { host: _host, 'accept-encoding': _encoding, connection: _connection, ...headers } = incoming.headers;
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(
      `${plane.server}${target}`,
      { method, headers, ca: plane.authority.certificate, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const watched = target.includes('watch=true') && answer.statusCode === 200;
          const response = {
            status: answer.statusCode ?? 0,
            headers: pickHeaders(answer.headers, keptHeaders),
            ...readBody(bytes, answer, watched),
          };
          resolve({ response, bytes });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function readBody(
  bytes: Buffer,
  { headers }: IncomingMessage,
  watched: boolean,
): Pick<RecordedResponse, 'json' | 'lines' | 'text'> {
  const text = bytes.toString('utf8');
  if (watched) return { lines: text.split('\n').filter((line) => line !== '') };
  return headers['content-type']?.includes('json') ? { json: JSON.parse(text) as Json } : { text };
}

/** Tokens are replaced by their users; everything else of a request is ours. */
function redact(request: RecordedRequest, tokens: ReadonlyMap<string, string>): RecordedRequest {
  const sent = request.headers['authorization'];
  if (sent === undefined) return request;
  const user = [...tokens].find(([, token]) => sent === `Bearer ${token}`)?.[0] ?? 'stranger';
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${user}` } };
}
