import { request } from 'node:http';

/** The other side of `serveControl`. */
export interface ControlAnswer {
  readonly ok: boolean;
  /** The result, or what went wrong (`daemon/failure.ts`). */
  readonly body: unknown;
}

/** Asks the process that listens on a Unix socket. @throws Error when nobody does, or it ends before it has answered */
export function askControl(socketPath: string, question: unknown): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    // A connection of its own: the other side may be about to close one that was kept from the last question.
    const outgoing = request({ socketPath, method: 'POST', path: '/', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ ok: response.statusCode === 200, body: JSON.parse(text) as unknown }));
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(question));
  });
}
