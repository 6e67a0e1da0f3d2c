import type { Session } from '../../app/session/session.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { TransportKind } from '../../transport/transport.ts';
import type { SessionOptions } from './session-options.ts';

/** Which of the nodes. */
export const nodeChoice = ['selector', 'nodes', 'nodeGroup'] as const satisfies readonly (keyof SessionOptions)[];

/** What decides only what is collected, and how. */
export const collectingChoice = [
  'readKubelet',
  'customResources',
  'useSecrets',
  'namespace',
  'allNamespaces',
  'timeout',
] as const;

const login: readonly TransportKind[] = ['ssh', 'system-ssh'];

/** The ways to nodes that an option is for. */
const waysOf: Partial<Record<keyof SessionOptions, readonly TransportKind[]>> = {
  user: login,
  port: login,
  identity: login,
  bastion: login,
  knownHosts: login,
  hostKeys: login,
  podImage: ['pod'],
  podNamespace: ['pod'],
  connectTimeout: [...login, 'pod'],
  timeout: [...login, 'pod', 'local'],
};

/** How to get onto nodes, beside the way itself. */
export const accessChoice: readonly string[] = Object.keys(waysOf);

/** @throws NodemendError USAGE for an option that this way to nodes, or none, leaves without effect */
export function requireUsedOnWay(options: SessionOptions, via: TransportKind | undefined, command: string): void {
  for (const [name, ways] of Object.entries(waysOf))
    if (via === undefined || !ways.includes(via))
      requireNone(options, [name], { context: 'needs', command, other: `--via ${ways[0] ?? ''}` });
}

/** For a command that asks nodes for nothing but to go onto them. @throws NodemendError USAGE */
export function requireWayToNodes(options: SessionOptions, { via }: Pick<Session, 'via'>, command: string): void {
  if (via === undefined) requireNone(options, nodeChoice, { context: 'needs', command, other: '--via ssh' });
}

interface WithoutEffect {
  readonly command: string;
  /** `needs`: it has an effect beside `other` alone; `conflict`: beside `other` it has none. */
  readonly context: 'needs' | 'conflict';
  readonly other: string;
}

/** @throws NodemendError USAGE where one of these options was typed: as the command was typed it has no effect */
export function requireNone(options: object, names: readonly string[], params: WithoutEffect): void {
  const values = new Map<string, unknown>(Object.entries(options));
  const typed = names.find((name) => values.get(name) !== undefined);
  if (typed !== undefined) throw new NodemendError('USAGE', { ...params, typed: flagOf(typed, values.get(typed)) });
}

/** Commander calls `--known-hosts` `knownHosts`, and `--no-force` `force`, which is false. */
function flagOf(name: string, value: unknown): string {
  return `${value === false ? '--no' : '-'}-${name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
}
