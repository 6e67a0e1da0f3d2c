import type { Fact } from '../../evidence/fact.ts';
import type { ProbedText } from '../../runtimes/probed-text.ts';
import { systemdServices } from '../../runtimes/systemd/services.ts';
import clientScript from './client.sh?raw';
import registeredScript from './registered.sh?raw';

/** What of NFS a node has. */
export interface NfsClient {
  /** `mount.nfs` is there. */
  readonly canMount: boolean;
  /** NFS mounts that lock by statd: version 2 or 3, and not `nolock`. */
  readonly locking: number;
  /** Other NFS mounts. */
  readonly others: number;
  /** The process that `/run/rpc.statd.pid` names; its state is undefined where there is no such process. */
  readonly pidFile: { readonly pid: number; readonly state: string | undefined } | undefined;
}

/**
 * What rpcbind knows of the node's statd, and whether it answers a call; `not-asked` where the node has nothing of NFS
 * or rpcbind does not run.
 */
export type Registration = 'not-asked' | 'rpcbind-silent' | 'unregistered' | 'statd-silent' | 'statd-answers';

export const nfsClient: Fact<NfsClient> = {
  key: 'nfs-locking/client',
  ahead: true,
  script: clientScript,
  parse: parseClient,
};

export const registration: Fact<Registration> = {
  key: 'nfs-locking/registered',
  script: registeredScript,
  needs: [nfsClient, systemdServices],
  parse: parseRegistration,
};

const clientPattern = /^(client\n)?mounts (\d+) (\d+)\n(?:pid-file (\d+) ([A-Za-z-])\n)?$/;

/** Takes apart what client.sh prints. */
function parseClient({ text }: ProbedText): NfsClient | undefined {
  const match = clientPattern.exec(text);
  if (match === null) return undefined;
  const [, client, locking, others, pid, state] = match;
  return {
    canMount: client !== undefined,
    locking: Number(locking),
    others: Number(others),
    pidFile: pid === undefined ? undefined : { pid: Number(pid), state: state === '-' ? undefined : state },
  };
}

const registrations: ReadonlyMap<string, Registration> = new Map([
  ['not-asked\n', 'not-asked'],
  ['silent\n', 'rpcbind-silent'],
  ['unregistered\n', 'unregistered'],
  ['statd silent\n', 'statd-silent'],
  ['statd answers\n', 'statd-answers'],
]);

function parseRegistration({ text }: ProbedText): Registration | undefined {
  return registrations.get(text);
}
