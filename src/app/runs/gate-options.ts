import { resolve } from 'node:path';
import { defaultGateOptions, type GateOptions, type PrometheusGate } from '../../engine/rollout/gates/gate-options.ts';
import { parseWindow } from '../../engine/rollout/gates/window.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Configuration } from '../configuration/schema.ts';

/** What was asked of the gates; what is not said the configuration says. */
export interface GateRequest extends Partial<Pick<GateOptions, 'waitSeconds' | 'mixedVersions'>> {
  /** False: whatever the configuration says, any time will do. */
  readonly window?: string | false;
  readonly blockingPodSelectors?: readonly string[];
  /** Files of it may be relative. */
  readonly prometheus?: Partial<PrometheusGate>;
}

/** @throws NodemendError ROLLOUT_GATE_INVALID */
export function gateOptions(
  request: GateRequest,
  configured: NonNullable<Configuration['rollout']>,
  workingFolder: string,
): GateOptions {
  const prometheus = prometheusGate(request.prometheus ?? {}, configured.prometheus, workingFolder);
  return {
    window: windowOf(request, configured),
    blockingPodSelectors: request.blockingPodSelectors ?? configured.blockingPodSelectors ?? [],
    prometheus,
    waitSeconds: request.waitSeconds ?? configured.waitForBlockersSeconds ?? defaultGateOptions.waitSeconds,
    mixedVersions: request.mixedVersions ?? [],
  };
}

function windowOf(
  { window: asked }: GateRequest,
  { window: configured }: Pick<GateRequest, 'window'>,
): string | undefined {
  const window = (asked ?? configured) || undefined;
  if (window === undefined || parseWindow(window)) return window;
  throw invalid('window', window);
}

const noFiles = { caFile: undefined, tokenFile: undefined, passwordFile: undefined };
const usual = { alertFilterRegexp: undefined, alertFilterMatchOnly: false, alertFiringOnly: false, ...noFiles };

function prometheusGate(
  typed: Partial<PrometheusGate>,
  configured: Partial<PrometheusGate> | undefined,
  workingFolder: string,
): PrometheusGate | undefined {
  // What proves who we are to one server is not sent to another.
  const kept = typed.url === undefined || typed.url === configured?.url ? configured : { ...configured, ...noFiles };
  const url = typed.url ?? kept?.url;
  if (url === undefined) return undefined;
  const absolute = Object.entries(typed).map(([key, value]) => [
    key,
    key.endsWith('File') && typeof value === 'string' ? resolve(workingFolder, value) : value,
  ]);
  const gate: PrometheusGate = { ...usual, ...kept, ...(Object.fromEntries(absolute) as typeof typed), url };
  checkServer(gate);
  const { alertFilterRegexp } = gate;
  if (alertFilterRegexp !== undefined && !isRegExp(alertFilterRegexp)) throw invalid('filter', alertFilterRegexp);
  return gate;
}

function checkServer({ url, tokenFile, passwordFile }: PrometheusGate): void {
  const parsed = URL.parse(url);
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) throw invalid('url', 'URL');
  const { host, hostname, username, password, protocol } = parsed;
  if (password !== '') throw invalid('password', host);
  if ((username === '') !== (passwordFile === undefined)) throw invalid('user', host);
  if ((tokenFile ?? passwordFile) !== undefined && protocol === 'http:' && !isLoopback(hostname))
    throw invalid('plain', host);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function invalid(context: 'window' | 'url' | 'password' | 'user' | 'plain' | 'filter', value: string): NodemendError {
  return new NodemendError('ROLLOUT_GATE_INVALID', { context, value });
}
