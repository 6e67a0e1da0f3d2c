/**
 * The plain download that the scan is compared with: the same pages, one after the other, by undici alone; bodies are
 * thrown away and only a page's first bytes are unpacked, for the way to the next one.
 *
 *     node bench/cluster-scan/download.ts KUBECONFIG gzip|plain PATH…
 */
import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import { unpackStart } from '../../src/kubernetes/answer-body.ts';
import { peekContinue } from '../../src/kubernetes/peek-continue.ts';

interface KubeconfigOfTestbed {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [
    { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } },
  ];
}

const [kubeconfigFile = '', encoding = '', ...paths] = process.argv.slice(2);
const {
  clusters: [{ cluster }],
  users: [{ user }],
} = JSON.parse(readFileSync(kubeconfigFile, 'utf8')) as KubeconfigOfTestbed;
const pem = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
const agent = new Agent({
  connect: {
    ca: pem(cluster['certificate-authority-data']),
    cert: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
  },
});
let bytes = 0;
for (const path of paths) {
  for (let token: string | undefined = ''; token !== undefined;) token = await downloadPage(path, token);
}
await agent.close();
process.stdout.write(`${JSON.stringify({ bytes })}\n`);

/** @returns the next page's token, undefined after the last one */
async function downloadPage(path: string, token: string): Promise<string | undefined> {
  const query = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
  const headers = { accept: 'application/json', ...(encoding === 'gzip' ? { 'accept-encoding': 'gzip' } : {}) };
  const {
    body,
    statusCode,
    headers: answered,
  } = await agent.request({
    origin: cluster.server,
    path: `${path}${path.includes('?') ? '&' : '?'}limit=500${query}`,
    method: 'GET',
    headers,
  });
  if (statusCode !== 200) throw new Error(`GET ${path}: ${statusCode}`);
  let head: Buffer | undefined;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    head ??= chunk;
    bytes += chunk.byteLength;
  }
  return head && peekContinue(answered['content-encoding'] === 'gzip' ? unpackStart(head) : head);
}
