import { queryPrometheus } from '../../../prometheus/query.ts';
import { alertBlockers, alertsQuery, unknownAlerts } from './alerts.ts';
import type { Blocker } from './blocker.ts';
import type { PrometheusGate } from './gate-options.ts';
import { readNamedFile } from '../../../files/read-named-file.ts';

/**
 * Asks Prometheus for alerts that stop a rollout. What cannot be asked stops it: a file of credentials that is gone, a
 * server that does not answer.
 *
 * @throws the signal's reason
 */
export async function askAlerts(gate: PrometheusGate, signal: AbortSignal): Promise<readonly Blocker[]> {
  const url = new URL(gate.url);
  let ca: string | undefined;
  let authorization: string | undefined;
  try {
    ca = gate.caFile === undefined ? undefined : (await readNamedFile(gate.caFile)).toString();
    authorization = await authorizationOf(gate, url);
  } catch (error) {
    const { code = 'unreadable', path = 'credentials' } = error as { readonly code?: string; readonly path?: string };
    const said = { key: code === noLine ? 'prometheus.no-line' : 'prometheus.file', params: { path, problem: code } };
    return [unknownAlerts(`${code}: ${path}`, said)];
  }
  const server = { url, ca, authorization, environment: process.env };
  return alertBlockers(await queryPrometheus(server, alertsQuery, signal), gate);
}

/** Read each time: tokens are renewed in their files. */
async function authorizationOf(
  { tokenFile, passwordFile }: PrometheusGate,
  { username }: URL,
): Promise<string | undefined> {
  if (tokenFile !== undefined) return `Bearer ${await secretIn(tokenFile)}`;
  if (passwordFile === undefined) return undefined;
  const login = `${decodeURIComponent(username)}:${await secretIn(passwordFile)}`;
  return `Basic ${Buffer.from(login, 'utf8').toString('base64')}`;
}

const noLine = 'no line of text';

/** One line. What could not stand in a header is not sent. */
async function secretIn(path: string): Promise<string> {
  const secret = (await readNamedFile(path)).toString().trim();
  if (secret !== '' && /^[\x20-\x7e]+$/.test(secret)) return secret;
  throw Object.assign(new Error(noLine), { code: noLine, path });
}
