import { NodemendError } from '../errors/nodemend-error.ts';
import type { TransportSettings } from './settings.ts';
import type { Transport, TransportKind } from './transport.ts';

/** Loaded when the first node is connected to: ssh2 alone takes 40 ms, which `nodemend --help` does not have. */
const makers: Readonly<Record<TransportKind, (settings: TransportSettings) => Promise<Transport>>> = {
  ssh: async (settings) => (await import('./ssh/ssh-transport.ts')).createSshTransport(settings),
  'system-ssh': async (settings) =>
    (await import('./system-ssh/system-ssh-transport.ts')).createSystemSshTransport(settings),
  pod: async ({ pod }) => {
    if (!pod) throw new NodemendError('POD_NEEDS_API', {});
    return (await import('./pod-exec/pod-transport.ts')).createPodTransport(pod);
  },
  local: async (settings) => (await import('./local/local-transport.ts')).createLocalTransport(settings),
};

/** A way to nodes. Nothing is loaded or opened before the first `connect`. */
export function openTransport(kind: TransportKind, settings: TransportSettings): Transport {
  let made: Promise<Transport> | undefined;
  let opened: Transport | undefined;
  return {
    kind,
    connect: async (target, signal) => {
      made ??= makers[kind](settings);
      opened = await made;
      return opened.connect(target, signal);
    },
    isOwnJob: (namespace, name) => opened?.isOwnJob?.(namespace, name) ?? false,
    close: async () => {
      await (await made)?.close();
    },
  };
}
