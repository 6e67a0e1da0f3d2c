import { NodemendError } from '../../errors/nodemend-error.ts';
import { sentenceValue } from '../../errors/sentences.ts';
import { Deadline } from '../deadline.ts';
import { bastionName, endpointOf, type Endpoint } from '../endpoint.ts';
import type { TransportSettings } from '../settings.ts';
import type { BastionTarget, NodeConnection, NodeTarget, Transport } from '../transport.ts';
import { unlessInterrupted } from '../within.ts';
import { Bastions, openThrough, type Bastion } from './bastion.ts';
import { dial } from './dial.ts';
import type { LoggedIn } from './handshake.ts';
import { HostKeyCheck } from './host-key-check.ts';
import { Keyring, type Offers } from './keyring.ts';
import { logIn } from './log-in.ts';
import { sshConnection } from './ssh-connection.ts';

/** SSH in this process, by the ssh2 library. */
export function createSshTransport(settings: TransportSettings): Transport {
  const shared: Shared = {
    settings,
    keyring: new Keyring(settings),
    hostKeys: new HostKeyCheck(settings),
    bastions: new Bastions(),
  };
  return {
    kind: 'ssh',
    connect: (target, signal) => connectNode(shared, target, signal),
    close: () => shared.bastions.close(),
  };
}

/** What all connections of a transport have in common. */
interface Shared {
  readonly settings: TransportSettings;
  readonly keyring: Keyring;
  readonly hostKeys: HostKeyCheck;
  readonly bastions: Bastions;
}

async function connectNode(shared: Shared, target: NodeTarget, signal: AbortSignal): Promise<NodeConnection> {
  const endpoint = endpointOf(target.name, target);
  const offers = await offersFor(shared, endpoint, target.identityFiles);
  const login = { endpoint, offers, signal };
  if (target.bastion === undefined) return sshConnection(endpoint, await logInDirectly(shared, login));
  const bastion = await reachBastion(shared, target.bastion, login);
  return sshConnection(endpoint, await bastion.limiter.run(() => logInThrough(shared, bastion, login)));
}

interface Login {
  readonly endpoint: Endpoint;
  readonly offers: Offers;
  readonly signal: AbortSignal;
}

function logInDirectly({ settings, hostKeys }: Shared, login: Login): Promise<LoggedIn> {
  const deadline = new Deadline(settings.connectTimeoutMs);
  return logIn({ ...login, hostKeys, deadline, open: () => dial({ ...login, deadline }) });
}

function logInThrough({ settings, hostKeys }: Shared, bastion: Bastion, login: Login): Promise<LoggedIn> {
  const deadline = new Deadline(settings.connectTimeoutMs);
  return logIn({ ...login, hostKeys, deadline, open: () => openThrough(bastion, { ...login, deadline }) });
}

/** The bastion is a host like any other: its own key is verified, and its own user and keys are used. */
function reachBastion(shared: Shared, target: BastionTarget, { endpoint: node, signal }: Login): Promise<Bastion> {
  const endpoint = endpointOf(bastionName(target), target);
  const reached = shared.bastions.get(JSON.stringify([endpoint, target.identityFiles]), async () => {
    const offers = await offersFor(shared, endpoint, target.identityFiles);
    // For all nodes behind it: not given up because one of them is.
    const { client } = await logInDirectly(shared, { endpoint, offers, signal: new AbortController().signal });
    return { client, address: target.address };
  });
  return unlessInterrupted(reached, node.node, signal);
}

/** @throws NodemendError SSH_NO_KEY_TO_OFFER, SSH_IDENTITY_UNUSABLE */
async function offersFor({ keyring }: Shared, { node }: Endpoint, identityFiles: readonly string[]): Promise<Offers> {
  const found = await keyring.offersFor(identityFiles);
  if (found.offers.length > 0) return found;
  throw new NodemendError('SSH_NO_KEY_TO_OFFER', { node, ...sentenceValue('detail', found.leftOut) });
}
