import { homedir } from 'node:os';
import { join } from 'node:path';
import { stateFolder, type StateFolder } from '../lab/state-folder.ts';

/**
 * Where a testbed keeps what outlives a command: the files of a lab's folder, and its own. `down` removes all of it.
 */
export interface TestbedFolder extends StateFolder {
  /** Files of the nodes' disks. */
  readonly disks: string;
  /** Logs of the control plane. */
  readonly logs: string;
  /** One JSON line a start and a stop of a node. */
  readonly events: string;
  /** One empty file a node that is cut off, by its name. */
  readonly partitions: string;
  /** What the registries have: configuration, certificates, images. */
  readonly registries: string;
  /** For the registry outside, as `docker login` keeps them; it is the content of a pull secret too. */
  readonly registryCredentials: string;
}

export interface TestbedChoice {
  /** Default `testbed`. */
  readonly name?: string;
  /** The testbed's own state folder; default `$XDG_STATE_HOME/nodemend/testbeds/NAME`. */
  readonly stateDir?: string;
}

export function testbedFolder(path: string): TestbedFolder {
  return {
    ...stateFolder(path),
    disks: join(path, 'disks'),
    logs: join(path, 'logs'),
    events: join(path, 'events.jsonl'),
    partitions: join(path, 'partitions'),
    registries: join(path, 'registries'),
    registryCredentials: join(path, 'registry-credentials.json'),
  };
}

export function chosenTestbed({ name = 'testbed', stateDir }: TestbedChoice): {
  readonly name: string;
  readonly folder: TestbedFolder;
} {
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) {
    throw new Error(
      `${name} cannot be the name of a testbed\n  next: use 1 to 20 lower-case letters, digits and hyphens, beginning with a letter`,
    );
  }
  const stateHome = process.env['XDG_STATE_HOME'] || join(process.env['HOME'] || homedir(), '.local', 'state');
  const folder = testbedFolder(stateDir ?? join(stateHome, 'nodemend', 'testbeds', name));
  if (Buffer.byteLength(folder.control) > longestSocket) {
    throw new Error(
      `The path of ${folder.control} is longer than a Unix socket's may be\n` +
        '  next: put the state folder at a shorter path with XDG_STATE_HOME',
    );
  }
  return { name, folder };
}

/** unix(7): 108 bytes with the one that ends it. */
const longestSocket = 107;
