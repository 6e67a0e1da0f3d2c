import { once } from 'node:events';
import { createServer as plainServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as tlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Issued } from '../../kubernetes/testing/authority.ts';

/**
 * A fake: no Prometheus runs here. Its answers have the shapes that Prometheus' own documentation gives (prometheus
 * docs/querying/api.md, "Format overview" and "Instant vectors"; the series `ALERTS` as
 * docs/configuration/alerting_rules.md has it), in JSON as its server writes it.
 */
export interface FakePrometheus {
  readonly url: string;
  readonly asked: readonly Asked[];
}

interface Asked {
  readonly path: string;
  readonly query: string | null;
  readonly authorization: string | undefined;
}

export interface FakeAlert {
  readonly alertname: string;
  readonly alertstate?: 'firing' | 'pending';
  readonly value?: string;
}

export function alertsAnswer(alerts: readonly FakeAlert[], more: object = {}): object {
  const result = alerts.map(({ alertname, alertstate = 'firing', value = '1' }) => ({
    metric: { __name__: 'ALERTS', alertname, alertstate, severity: 'critical' },
    value: [1_764_504_000.123, value],
  }));
  return { status: 'success', data: { resultType: 'vector', result }, ...more };
}

/** 422, as for an expression that cannot be executed. */
export const failedAnswer = {
  status: 'error',
  errorType: 'execution',
  error: 'query timed out in expression evaluation',
};

/** Until the test ends. @param answer body, or a listener of its own */
export async function serveFakePrometheus(
  answer: () => { readonly status?: number; readonly body: object | string } | RequestListener,
  issued?: Issued,
): Promise<FakePrometheus> {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(askedOf(request));
    const now = answer();
    if (typeof now === 'function') {
      now(request, response);
      return;
    }
    const { status = 200, body } = now;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const server = issued ? tlsServer({ cert: issued.certificate, key: issued.key }, listener) : plainServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${issued ? 'https' : 'http'}://127.0.0.1:${port}`, asked };
}

function askedOf({ url = '', headers }: IncomingMessage): Asked {
  const { pathname, searchParams } = new URL(url, 'http://fake');
  return { path: pathname, query: searchParams.get('query'), authorization: headers.authorization };
}
