import type { SessionRequest } from '../../app/session/session-request.ts';
import { openSession as open, type Session } from '../../app/session/session.ts';
import { expandNodes } from '../../engine/targets/node-set.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext } from '../command-context.ts';
import { requireOut } from '../render/write-result.ts';
import { bandwidthOf } from './bandwidth.ts';
import { oneNamespace, secretNamespaces } from './secret-namespaces.ts';
import type { SessionOptions } from './session-options.ts';
import { requireUsedOnWay } from './without-effect.ts';
import { wholeNumber } from './whole-number.ts';

export interface CommandSession extends Session {
  /** The arguments that chose cluster, nodes and access, to be typed again in a next command. */
  readonly repeat: readonly string[];
  /** The same for a command that collects nothing. */
  readonly repeatAccess: readonly string[];
}

/**
 * What the options of a command, and the configuration, decide.
 * @throws NodemendError OUTPUT_NOT_WRITTEN, USAGE, NODE_SET_INVALID, and those of the session
 */
export async function openSession(
  context: CommandContext,
  options: SessionOptions & { readonly out?: string },
  command: string,
): Promise<CommandSession> {
  requireOut(options.out, context);
  const session = await open(requestOf(options, command), context);
  requireUsedOnWay(options, session.via, command);
  const repeatAccess = accessWords(options);
  return { ...session, repeat: [...repeatAccess, ...collectingWords(options)], repeatAccess };
}

function requestOf(options: SessionOptions, command: string): SessionRequest {
  const { port, timeout, connectTimeout, bandwidth, useSecrets: _names, namespace, ...same } = options;
  const rate = bandwidthOf(bandwidth, command);
  // What is not a set of nodes is told before anybody is asked which nodes there are.
  if (options.nodes !== undefined) expandNodes(options.nodes);
  const namespaces = secretNamespaces(options, command);
  const limited = namespace === undefined ? undefined : oneNamespace(namespace, command);
  if (limited !== undefined && namespaces.some((name) => name !== limited))
    throw new NodemendError('USAGE', { context: 'conflict', command, typed: '--use-secrets', other: '--namespace' });
  const number = (option: string, value: string, to: number): number =>
    wholeNumber(value, { option, from: 1, to }, command);
  return {
    ...same,
    ...(port === undefined ? {} : { port: number('--port', port, 65_535) }),
    ...(timeout === undefined ? {} : { timeoutSeconds: number('--timeout', timeout, 3_600) }),
    ...(connectTimeout === undefined
      ? {}
      : { connectTimeoutSeconds: number('--connect-timeout', connectTimeout, 600) }),
    ...(rate === undefined ? {} : { bandwidth: rate }),
    secretNamespaces: namespaces,
    ...(limited === undefined ? {} : { namespace: limited }),
  };
}

const repeatable = [
  ['--config', 'config'],
  ['--kubeconfig', 'kubeconfig'],
  ['--context', 'context'],
  ['--hosts', 'hosts'],
  ['-l', 'selector'],
  ['--nodes', 'nodes'],
  ['--node-group', 'nodeGroup'],
  ['--via', 'via'],
  ['--user', 'user'],
  ['--port', 'port'],
  ['--identity', 'identity'],
  ['--bastion', 'bastion'],
  ['--known-hosts', 'knownHosts'],
  ['--host-keys', 'hostKeys'],
  ['--pod-image', 'podImage'],
  ['--pod-namespace', 'podNamespace'],
] as const satisfies readonly (readonly [
  string,
  Exclude<keyof SessionOptions, 'readKubelet' | 'customResources' | 'useSecrets' | 'namespace'>,
])[];

function accessWords(options: SessionOptions): readonly string[] {
  return repeatable.flatMap(([flag, key]) => {
    const value = options[key];
    if (value === undefined) return [];
    return (typeof value === 'string' ? [value] : value).flatMap((one) => [flag, one]);
  });
}

function collectingWords({
  namespace,
  useSecrets = [],
  readKubelet,
  customResources,
}: SessionOptions): readonly string[] {
  return [
    ...(namespace === undefined ? [] : ['-n', namespace]),
    ...useSecrets.flatMap((one) => ['--use-secrets', one]),
    ...(readKubelet ? ['--read-kubelet'] : []),
    ...(customResources ? ['--custom-resources'] : []),
  ];
}
