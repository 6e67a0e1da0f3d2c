import { NodemendError } from '../errors/nodemend-error.ts';
import { sentenceText } from '../errors/sentences.ts';
import type { Json } from './api.ts';
import { certificateProblem } from './certificate.ts';
import type { Credential } from './credentials.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfig-file.ts';

const group = 'client.authentication.k8s.io';

/** A credential from a plugin and until when it may be reused; undefined = as long as the server accepts it. */
export interface ExecCredential {
  readonly credential: Credential;
  readonly expiresAt: number | undefined;
}

/**
 * Text of KUBERNETES_EXEC_INFO (kubernetes.io/docs/reference/access-authn-authz/authentication, "input and output
 * formats").
 * @throws NodemendError EXEC_PLUGIN_OUTPUT_INVALID for an apiVersion other than v1 and v1beta1.
 */
export function execInfo(entry: ExecEntry, cluster: ClusterEntry, interactive: boolean): string {
  if (entry.apiVersion !== `${group}/v1` && entry.apiVersion !== `${group}/v1beta1`) {
    throw invalid(entry, `apiVersion ${entry.apiVersion} is neither ${group}/v1 nor ${group}/v1beta1`);
  }
  const spec = entry.provideClusterInfo ? { cluster: clusterInfo(cluster), interactive } : { interactive };
  return JSON.stringify({ apiVersion: entry.apiVersion, kind: 'ExecCredential', spec });
}

function clusterInfo(cluster: ClusterEntry): Json {
  return {
    ...(cluster.server ? { server: cluster.server } : {}),
    ...(cluster.tlsServerName ? { 'tls-server-name': cluster.tlsServerName } : {}),
    ...(cluster.insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(cluster.certificateAuthorityData ? { 'certificate-authority-data': cluster.certificateAuthorityData } : {}),
    ...(cluster.proxyUrl ? { 'proxy-url': cluster.proxyUrl } : {}),
    config: cluster.execConfig ?? null,
  };
}

/** @throws NodemendError EXEC_PLUGIN_OUTPUT_INVALID, which never quotes the output. */
export function parseExecCredential(entry: ExecEntry, output: string): ExecCredential {
  const answer = parseAnswer(entry, output);
  if (answer.kind !== 'ExecCredential') throw invalid(entry, 'its output is no ExecCredential');
  if (answer.apiVersion !== entry.apiVersion)
    throw invalid(entry, `it answers in another apiVersion than ${entry.apiVersion}`);
  return {
    credential: readCredential(entry, answer.status ?? {}),
    expiresAt: readExpiry(entry, answer.status?.expirationTimestamp),
  };
}

interface Answer {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly status?: Status | null;
}

interface Status {
  readonly token?: unknown;
  readonly clientCertificateData?: unknown;
  readonly clientKeyData?: unknown;
  readonly expirationTimestamp?: unknown;
}

function parseAnswer(entry: ExecEntry, output: string): Answer {
  try {
    const value: unknown = JSON.parse(output);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // A SyntaxError quotes the output; the error below does not.
  }
  throw invalid(entry, 'its output is not JSON');
}

function readCredential(entry: ExecEntry, { token, clientCertificateData, clientKeyData }: Status): Credential {
  const certificate = text(clientCertificateData);
  const key = text(clientKeyData);
  if ((certificate === undefined) !== (key === undefined))
    throw invalid(entry, 'it gives a certificate or a key without the other');
  if (text(token) === undefined && certificate === undefined)
    throw invalid(entry, 'it gives neither a token nor a certificate');
  if (certificate === undefined || key === undefined) return { token: text(token) ?? '' };
  const problem = certificateProblem({ certificate, key });
  if (problem !== undefined) throw invalid(entry, sentenceText('en', [problem]));
  return { certificate: { certificate, key }, ...(text(token) === undefined ? {} : { token: text(token) ?? '' }) };
}

function readExpiry(entry: ExecEntry, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw invalid(entry, 'its expirationTimestamp is no RFC 3339 time');
  return time;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function invalid(entry: ExecEntry, problem: string): NodemendError {
  return new NodemendError('EXEC_PLUGIN_OUTPUT_INVALID', { command: entry.command, problem });
}
