import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { asFailure } from './failure.ts';

/** Answers requests, one JSON document each way, over a Unix socket; the folder it lies in is open to root only. */
export function serveControl<Request>(path: string, handle: (request: Request) => Promise<unknown>): Promise<void> {
  const server = createServer((incoming, response) => {
    void serve(incoming, response, handle);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

async function serve<Request>(
  incoming: IncomingMessage,
  response: ServerResponse,
  handle: (request: Request) => Promise<unknown>,
): Promise<void> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const result = await handle(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Request);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  } catch (error) {
    response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify(asFailure(error)));
  }
}
