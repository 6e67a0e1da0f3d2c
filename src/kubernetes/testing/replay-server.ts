import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { AddressInfo } from 'node:net';
import type { Json } from '../api.ts';
import type { Issued } from './authority.ts';
import {
  comparedHeaders,
  pickHeaders,
  type RecordedExchange,
  type RecordedRequest,
  type Recording,
} from './recording.ts';

/**
 * A stand-in for kube-apiserver that only repeats a recording: each recorded request must come exactly as it was
 * recorded (method, path, query, headers that matter, body), and is answered with what the real server answered. Every
 * answer carries `x-replay` so that nobody takes it for a real server.
 */
export interface ReplayServer {
  readonly url: string;
  /** @throws Error when a request came that was not recorded, or a recorded one did not come. */
  readonly assertComplete: () => void;
  readonly close: () => Promise<void>;
}

export async function startReplayServer(recording: Recording, serving: Issued): Promise<ReplayServer> {
  const waiting = [...recording.exchanges];
  const surprises: RecordedRequest[] = [];
  const server = createServer({ cert: serving.certificate, key: serving.key }, (incoming, outgoing) => {
    void replay(incoming, outgoing);
  });
  const replay = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request = await readRequest(incoming);
    const index = waiting.findIndex((exchange) => isDeepStrictEqual(exchange.request, request));
    const [exchange] = index === -1 ? [] : waiting.splice(index, 1);
    if (!exchange) surprises.push(request);
    answer(outgoing, exchange);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    assertComplete: () => {
      if (surprises.length > 0)
        throw new Error(
          `not in the recording: ${JSON.stringify(surprises, undefined, 2)}\n` +
            `still waiting for: ${JSON.stringify(waiting[0]?.request, undefined, 2)}`,
        );
      if (waiting.length > 0)
        throw new Error(
          `recorded but not asked: ${JSON.stringify(
            waiting.map(({ request }) => request),
            undefined,
            2,
          )}`,
        );
    },
    close: () => closeServer(server),
  };
}

/** A request in the recording's form. */
export async function readRequest(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    headers: pickHeaders(incoming.headers, comparedHeaders),
    ...(text === '' ? {} : { body: JSON.parse(text) as Json }),
  };
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function answer(outgoing: ServerResponse, exchange: RecordedExchange | undefined): void {
  const { status, headers, json, lines, text } = exchange?.response ?? {
    status: 500,
    headers: {},
    text: 'this replay has no such request',
  };
  outgoing.writeHead(status, { ...headers, 'x-replay': 'recorded answer, no API server' });
  if (lines) for (const line of lines) outgoing.write(`${line}\n`);
  outgoing.end(json === undefined ? text : JSON.stringify(json));
}
