import { createClient } from '../client.ts';
import type { KubernetesApi } from '../api.ts';
import { accessTo, type AccessParts } from './access-to.ts';
import { createAuthority } from './authority.ts';
import { fixedTiming } from './fixed-timing.ts';
import { httpsServer } from './https-server.ts';
import { onTestFinished } from 'vitest';

interface FakeAnswer {
  readonly status: number;
  readonly json?: unknown;
}

export interface FakeCluster {
  /** Names of its nodes; each is Ready and has an address on loopback. */
  readonly nodes: readonly string[];
  /** By path, over what is usual. */
  readonly answers?: Readonly<Record<string, FakeAnswer>>;
  readonly onRequest?: (url: string) => void;
  /** Of the access that the client is given. */
  readonly access?: Partial<Omit<AccessParts, 'ca'>>;
}

/** The client of a server that answers by path what is written here. It is a fake, no API server. */
export async function fakeCluster({
  nodes,
  answers = {},
  onRequest,
  access = {},
}: FakeCluster): Promise<KubernetesApi> {
  const authority = await createAuthority('fake authority');
  const { certificate: cert, key } = await authority.issue({ commonName: 'fake server', ip: ['127.0.0.1'] });
  const usual: Readonly<Record<string, FakeAnswer>> = {
    '/version': { status: 200, json: { gitVersion: 'v1.31.4' } },
    '/api/v1/namespaces/kube-system': {
      status: 200,
      json: { metadata: { uid: 'c1d7a6f2-0000-4000-8000-000000000001' } },
    },
    '/api/v1/nodes': {
      status: 200,
      json: { kind: 'NodeList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items: nodes.map(nodeObject) },
    },
    '/apis/authentication.k8s.io/v1/selfsubjectreviews': {
      status: 201,
      json: { status: { userInfo: { username: 'kim' } } },
    },
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': { status: 201, json: { status: { allowed: true } } },
  };
  const url = await httpsServer({ cert, key }, (incoming, outgoing) => {
    onRequest?.(incoming.url ?? '');
    const { pathname } = new URL(incoming.url ?? '', 'https://fake');
    const { status, json } = answers[pathname] ??
      usual[pathname] ?? { status: 404, json: statusObject(404, 'NotFound') };
    incoming
      .resume()
      .on('end', () => outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json)));
  });
  const api = createClient(accessTo(url, { ca: authority.certificate, ...access }), { timing: fixedTiming });
  onTestFinished(() => api.close());
  return api;
}

/** What an API server says when it does not do what it is asked. */
export function statusObject(code: number, reason: string, message = reason): unknown {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message };
}

function nodeObject(name: string): unknown {
  return {
    metadata: { name, uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z', labels: {} },
    spec: {},
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: '2026-01-01T00:00:00Z' },
      ],
      nodeInfo: {
        osImage: 'Debian GNU/Linux 12',
        kernelVersion: '6.1',
        containerRuntimeVersion: 'containerd://1.7',
        kubeletVersion: 'v1.31.4',
        bootID: 'b',
        machineID: '',
      },
    },
  };
}
