import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { KubernetesApi } from '../../../src/kubernetes/api.ts';
import { createClient } from '../../../src/kubernetes/client.ts';
import { accessTo } from '../../../src/kubernetes/testing/access-to.ts';
import { createAuthority } from '../../../src/kubernetes/testing/authority.ts';
import { systemTiming } from '../../../src/kubernetes/timing.ts';
import type { KubeObject } from '../objects.ts';
import { kinds, type Kind } from '../resources.ts';
import { adminRules, type Rule } from '../roles.ts';
import { fakeApi } from '../server.ts';
import { ObjectStore } from '../store.ts';

export interface ServedFake {
  readonly store: ObjectStore;
  readonly send: (request: Sent) => Promise<Received>;
  /** nodemend's own client, as a user by token. */
  readonly client: (user: string) => KubernetesApi;
  /** The path of a kubeconfig of that user, for a command. */
  readonly kubeconfig: (user: string) => string;
}

interface Sent {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** What the users `admin` and `reader` of a fake may do; their token is their name. */
const readerRules: readonly Rule[] = [
  { groups: [''], resources: ['nodes', 'pods', 'namespaces'], verbs: ['get', 'list', 'watch'] },
];

/** The fake on a loopback port, with objects in it, until the test ends. @param rules what the user `reader` may do */
export async function serveFake(objects: readonly KubeObject[], rules = readerRules): Promise<ServedFake> {
  const store = new ObjectStore();
  for (const object of objects) store.create(kinds[object.kind as Kind], object);
  const authority = await createAuthority('lab test authority');
  const issued = await authority.issue({ commonName: 'kube-apiserver', ip: ['127.0.0.1'] });
  const identity = (user: string, rules: readonly Rule[]) => ({ user, groups: [], rules });
  const server = fakeApi({
    store,
    tls: { ...issued, authority: authority.certificate },
    users: { admin: identity('admin', adminRules) },
    tokens: { admin: identity('admin', adminRules), reader: identity('reader', rules) },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clients: KubernetesApi[] = [];
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.close()));
    server.closeAllConnections();
    server.close();
  });
  return {
    store,
    send: ({ method, target, headers = {}, body }) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          { host: '127.0.0.1', port, method, path: target, headers, ca: authority.certificate },
          (answer) => {
            let text = '';
            answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
            answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
            answer.on('error', reject);
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body === undefined ? undefined : JSON.stringify(body));
      }),
    client: (user) => {
      const client = createClient(accessTo(`https://127.0.0.1:${port}`, { ca: authority.certificate, token: user }), {
        timing: systemTiming,
      });
      clients.push(client);
      return client;
    },
    kubeconfig: (user) => writeKubeconfig(`https://127.0.0.1:${port}`, authority.certificate, user),
  };
}

function writeKubeconfig(server: string, authority: string, token: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-kubeconfig-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'config');
  const cluster = { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') };
  const named = {
    clusters: [{ name: 'lab', cluster }],
    users: [{ name: token, user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: token } }],
  };
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'lab', ...named }), {
    mode: 0o600,
  });
  return path;
}
