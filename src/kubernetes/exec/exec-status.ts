import type { Json, JsonObject } from '../api.ts';
import { oneLine } from '../../network/one-line.ts';

/** How a command in a container ended, as the last message of its connection says it. */
export type ExecStatus = { readonly code: number } | { readonly failure: string };

/**
 * Reads the `meta/v1` Status of the status channel: success, an exit code among the causes, or why the command did not
 * run (apiserver pkg/util/wsstream, kubelet pkg/cri/streaming/remotecommand).
 */
export function readExecStatus(message: string): ExecStatus {
  const status = parse(message);
  if (status === undefined) return { failure: oneLine(message) || 'no status' };
  if (status['status'] === 'Success') return { code: 0 };
  const code = exitCode(status);
  return code === undefined ? { failure: oneLine(text(status['message'])) || 'no reason was given' } : { code };
}

/** Only a command that ran has one; the message of others may hold numbers as well. */
function exitCode(status: JsonObject): number | undefined {
  if (status['reason'] !== 'NonZeroExitCode') return undefined;
  const causes = isObject(status['details']) ? status['details']['causes'] : undefined;
  const cause = Array.isArray(causes) ? causes.filter(isObject).find(({ reason }) => reason === 'ExitCode') : undefined;
  const code = Number.parseInt(text(cause?.['message']), 10);
  return Number.isNaN(code) ? undefined : code;
}

function parse(message: string): JsonObject | undefined {
  try {
    const value = JSON.parse(message) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
