import type { JsonObject } from '../../src/kubernetes/api.ts';

/** What runs in the cluster while its nodes are rebooted. */
export const namespace = 'shop';
/** On each node's own network, so that no two of them fit on one node. */
export const webPort = 8080;
export const web = { replicas: 4, minAvailable: 3 };

const image = { image: 'docker.io/library/box:1', imagePullPolicy: 'Never' };
const labels = (app: string): JsonObject => ({ labels: { app } });
const selector = (app: string): JsonObject => ({ selector: { matchLabels: { app } } });

/**
 * The web server goes on answering for three seconds after it was asked to end, as every server behind EndpointSlices
 * has to: its clients hear of it in between.
 */
const serve = `mkdir -p /www; hostname >/www/index.html; trap 'exit 0' TERM; httpd -f -p ${webPort} -h /www & wait`;
const server: JsonObject = {
  metadata: labels('web'),
  spec: {
    hostNetwork: true,
    terminationGracePeriodSeconds: 10,
    containers: [
      {
        name: 'httpd',
        ...image,
        command: ['sh', '-c', serve],
        ports: [{ containerPort: webPort, hostPort: webPort }],
        readinessProbe: { httpGet: { path: '/', port: webPort }, periodSeconds: 1 },
        lifecycle: { preStop: { exec: { command: ['sleep', '3'] } } },
      },
    ],
  },
};

/** Stays on its node, and is healthy again after the reboot. */
const agent: JsonObject = {
  metadata: labels('agent'),
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'agent', ...image, command: ['sleep', '100000'] }],
  },
};

const apps = `/apis/apps/v1/namespaces/${namespace}`;

/** By the path they are created at, in order. */
export const shop: readonly (readonly [path: string, body: JsonObject])[] = [
  ['/api/v1/namespaces', { metadata: { name: namespace } }],
  [
    `${apps}/deployments`,
    { metadata: { name: 'web' }, spec: { replicas: web.replicas, ...selector('web'), template: server } },
  ],
  [`${apps}/daemonsets`, { metadata: { name: 'agent' }, spec: { ...selector('agent'), template: agent } }],
  [
    `/api/v1/namespaces/${namespace}/services`,
    { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: webPort }] } },
  ],
  [
    `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    { metadata: { name: 'web' }, spec: { minAvailable: web.minAvailable, ...selector('web') } },
  ],
];
