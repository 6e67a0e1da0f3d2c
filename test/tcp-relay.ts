import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Many addresses in front of one server: one sshd can play any number of nodes. */
export interface TcpRelay {
  /** The same on every address. */
  readonly port: number;
  readonly addresses: readonly string[];
  readonly close: () => Promise<void>;
}

export interface TcpRelayOptions {
  readonly serverPort: number;
  readonly addresses: number;
  /** How long bytes take, each way. */
  readonly delayMs?: number;
}

export async function startTcpRelay({ serverPort, addresses, delayMs = 0 }: TcpRelayOptions): Promise<TcpRelay> {
  const script = join(import.meta.dirname, 'tcp-relay-process.ts');
  const child = spawn(process.execPath, [script, String(serverPort), String(addresses), String(delayMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (value === undefined) throw new Error('the relay did not start');
  return {
    port: Number(value),
    addresses: Array.from({ length: addresses }, (_, index) => relayAddress(index)),
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

/** 127.9.0.1, 127.9.0.2 … with 250 in each row. */
export function relayAddress(index: number): string {
  return `127.9.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}
