import { shellWord } from '../command/shell-word.ts';
import type { TransportSettings } from '../settings.ts';
import type { Destination } from './destination.ts';

/** Seconds that a shared connection outlives its last use: it ends by itself when nodemend was killed. */
const persistSeconds = 60;

export interface MasterArguments {
  readonly settings: Pick<TransportSettings, 'hostKeyPolicy' | 'knownHostsFiles' | 'connectTimeoutMs'>;
  readonly destination: Destination;
  readonly controlPath: string;
  /** File that ssh writes its own messages to, apart from what the node prints. */
  readonly logPath: string;
  /** Command whose input and output stand for the connection, for a bastion that was named to us. */
  readonly proxyCommand?: string;
}

/**
 * Opens a connection that the commands on a node share, and returns once it is logged in. Of the user's configuration
 * only what would ask a person, run something else, or open ports for every node is overruled.
 */
export function masterArguments({
  settings,
  destination,
  controlPath,
  logPath,
  proxyCommand,
}: MasterArguments): readonly string[] {
  const options: Readonly<Record<string, string | undefined>> = {
    ControlPersist: String(persistSeconds),
    BatchMode: 'yes',
    StrictHostKeyChecking: settings.hostKeyPolicy === 'strict' ? 'yes' : 'accept-new',
    ConnectTimeout: String(Math.ceil(settings.connectTimeoutMs / 1000)),
    ClearAllForwardings: 'yes',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    RemoteCommand: 'none',
    PermitLocalCommand: 'no',
    UserKnownHostsFile: settings.knownHostsFiles?.map(configWord).join(' '),
    GlobalKnownHostsFile: settings.knownHostsFiles && 'none',
    ProxyCommand: proxyCommand,
  };
  return [
    '-v',
    '-E',
    logPath,
    '-f',
    '-N',
    '-M',
    '-S',
    controlPath,
    ...optionArguments(options),
    ...destinationArguments(destination),
  ];
}

/** What the user's configuration makes of a destination, as `ssh -G` prints it. */
export function resolveArguments(destination: Destination): readonly string[] {
  return ['-G', ...destinationArguments(destination)];
}

/**
 * Uses a shared connection, and nothing else: without it, a ProxyCommand that fails keeps ssh from dialling by itself.
 * The user's configuration has been read by the connection; its name does not matter any more.
 */
export function sharedArguments(controlPath: string): readonly string[] {
  const options = { ControlMaster: 'no', ProxyCommand: 'false', LogLevel: 'ERROR' };
  return ['-F', 'none', '-S', controlPath, ...optionArguments(options)];
}

/**
 * A ProxyCommand that goes through a shared connection to a bastion. ssh has it run by the user's login shell: every
 * word is quoted, and holds nothing that some shell reads between single quotes (addresses are checked, the folder's
 * name is ours).
 */
export function throughCommand(program: string, controlPath: string): string {
  const words = [program.replaceAll('%', '%%'), ...sharedArguments(controlPath), '-W', '[%h]:%p', sharedName];
  return words.map(shellWord).join(' ');
}

/** The name that stands for the destination where the shared connection decides. */
export const sharedName = 'nodemend';

function destinationArguments({ address, port, user, identityFiles }: Destination): readonly string[] {
  return [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    // A named key is tried first, then those of the configuration; not all that the agent has.
    ...(identityFiles.length === 0 ? [] : optionArguments({ IdentitiesOnly: 'yes' })),
    ...identityFiles.flatMap((path) => ['-i', path.replaceAll('%', '%%')]),
    '--',
    address,
  ];
}

function optionArguments(options: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : ['-o', `${name}=${value}`]));
}

/** A word of a configuration line, which ssh splits at blanks and expands at `%`. */
function configWord(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
