import { describe, expect, it } from 'vitest';
import type { KubernetesApi, PodProcess } from '../api.ts';
import { acceptWebSocket, fakeExecServer, webSocketMessage } from '../testing/fake-exec-server.ts';
import { channelOf } from './channels.ts';

const asked = { namespace: 'ops', pod: 'p-1', container: 'node', command: ['sh', '-c', 'echo "$1" &', 'é+%'] };
const success = webSocketMessage(channelOf.status, '{"status":"Success"}');
const goodbye = Buffer.of(0x88, 2, 0x03, 0xe8);

async function outcome(api: KubernetesApi): Promise<readonly [string, string, unknown]> {
  return read(await api.exec(asked));
}

async function read(process: PodProcess): Promise<readonly [string, string, unknown]> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  process.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  process.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const end = await process.ended;
  return [Buffer.concat(out).toString(), Buffer.concat(err).toString(), end];
}

describe('a command in a container', () => {
  it('is asked for with its words as they are, both protocols, and the user’s credentials', async () => {
    const { api, request } = await fakeExecServer((socket, upgrade) => {
      acceptWebSocket(socket, upgrade, 'v4.channel.k8s.io');
      socket.end(Buffer.concat([webSocketMessage(1, 'out'), webSocketMessage(2, 'err'), success, goodbye]));
    });
    expect(await outcome(api)).toEqual(['out', 'err', { code: 0 }]);
    const url = new URL(request()?.url ?? '', 'http://server');
    expect(url.pathname).toBe('/api/v1/namespaces/ops/pods/p-1/exec');
    expect(url.searchParams.getAll('command')).toEqual(asked.command);
    expect(request()?.headers).toMatchObject({
      accept: '*/*',
      'sec-websocket-protocol': 'v5.channel.k8s.io, v4.channel.k8s.io',
      'user-agent': expect.stringMatching(/^nodemend\//) as string,
    });
    expect(request()?.rawHeaders.filter((name) => name.toLowerCase() === 'user-agent')).toHaveLength(1);
  });

  it('that prints at once, with the answer that changes the protocol, loses nothing, and ends although nobody hangs up', async () => {
    const { api } = await fakeExecServer((socket, upgrade) => {
      socket.cork();
      acceptWebSocket(socket, upgrade, 'v5.channel.k8s.io');
      for (let count = 0; count < 100; count++) socket.write(webSocketMessage(1, `${count} `));
      socket.write(Buffer.concat([success, goodbye]));
      socket.uncork();
    });
    expect((await outcome(api))[0].split(' ')).toHaveLength(101);
  });

  it('whose connection is cut has neither code nor reason', async () => {
    const { api } = await fakeExecServer((socket, upgrade) => {
      acceptWebSocket(socket, upgrade, 'v5.channel.k8s.io');
      socket.write(webSocketMessage(1, 'before'));
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    expect(await outcome(api)).toEqual(['before', '', {}]);
  });

  it('whose status comes in pieces has one', async () => {
    const { api } = await fakeExecServer((socket, upgrade) => {
      acceptWebSocket(socket, upgrade, 'v5.channel.k8s.io');
      socket.end(
        Buffer.concat([
          webSocketMessage(3, '{"status":"Failure","mess'),
          webSocketMessage(3, 'age":"container not found"}'),
          goodbye,
        ]),
      );
    });
    expect(await outcome(api)).toEqual(['', '', { failure: 'container not found' }]);
  });

  it('is let go of although the other side never says goodbye', async () => {
    const { api } = await fakeExecServer((socket, upgrade) => acceptWebSocket(socket, upgrade, 'v5.channel.k8s.io'));
    const process = await api.exec(asked);
    process.close();
    expect(await read(process)).toEqual(['', '', {}]);
  });

  it.each([
    [
      'without the right to it',
      403,
      'application/json',
      JSON.stringify({
        kind: 'Status',
        message:
          'pods "p-1" is forbidden: User "kim" cannot get resource "pods/exec" in API group "" in the namespace "ops"',
      }),
      { code: 'API_FORBIDDEN', params: { user: 'kim', verb: 'get', resource: 'pods/exec -n ops' } },
    ],
    [
      'in a pod that is gone',
      404,
      'application/json',
      JSON.stringify({ kind: 'Status', message: 'pods "p-1" not found' }),
      { code: 'API_NOT_FOUND' },
    ],
    [
      'by a proxy that knows no WebSocket',
      502,
      'text/html',
      '<html>Bad gateway</html>',
      { code: 'API_SERVER_ERROR', params: { status: 502, message: 'HTTP 502' } },
    ],
    ['by one that knows us no more', 401, 'text/plain', 'Unauthorized', { code: 'API_UNAUTHORIZED' }],
  ])('is refused %s', async (_name, status, type, body, expected) => {
    const { api } = await fakeExecServer((socket) => {
      socket.end(
        `HTTP/1.1 ${status} No\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    });
    await expect(api.exec(asked)).rejects.toMatchObject(expected);
  });

  it('is refused by what answers with nothing', async () => {
    const { api } = await fakeExecServer((socket) => socket.destroy());
    await expect(api.exec(asked)).rejects.toMatchObject({ code: 'API_CONNECTION_CUT' });
  });

  it('is not waited for any more when that is not wanted', async () => {
    const { api } = await fakeExecServer(() => undefined);
    await expect(api.exec({ ...asked, signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});
