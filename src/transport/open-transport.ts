import type { TransportSettings } from './settings.ts';
import type { Transport, TransportKind } from './transport.ts';

export type OpenableKind = Exclude<TransportKind, 'pod'>;

/** Loaded when the first node is connected to: ssh2 alone takes 40 ms, which `nodemend --help` does not have. */
const makers: Readonly<Record<OpenableKind, (settings: TransportSettings) => Promise<Transport>>> = {
  ssh: async (settings) => (await import('./ssh/ssh-transport.ts')).createSshTransport(settings),
  'system-ssh': async (settings) => (await import('./system-ssh/system-ssh-transport.ts')).createSystemSshTransport(settings),
  local: async (settings) => (await import('./local/local-transport.ts')).createLocalTransport(settings),
};

/** A way to nodes. Nothing is loaded or opened before the first `connect`. */
export function openTransport(kind: OpenableKind, settings: TransportSettings): Transport {
  let made: Promise<Transport> | undefined;
  return {
    kind,
    connect: async (target, signal) => {
      made ??= makers[kind](settings);
      return (await made).connect(target, signal);
    },
    close: async () => {
      await (await made)?.close();
    },
  };
}
