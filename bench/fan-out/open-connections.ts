/**
 * How much memory open connections take: in a process of its own, connects to a fake SSH server (ssh2's own, in another
 * process, because thousands of sshd processes would measure the machine), holds all, and compares its memory.
 */
import { openTransport } from '../../src/transport/open-transport.ts';
import { fanOutLimits } from '../../src/transport/fan-out.ts';
import { Limiter } from '../../src/transport/limiter.ts';
import { defaultTransportSettings } from '../../src/transport/settings.ts';

export interface OpenConnectionsJob {
  readonly count: number;
  readonly port: number;
  readonly identityFile: string;
  readonly knownHostsFile: string;
}

export interface OpenConnectionsMeasure {
  readonly count: number;
  readonly rssBeforeMb: number;
  readonly rssMb: number;
  readonly kbEach: number;
  readonly ms: number;
  /** Still usable: a command on every one of them. */
  readonly commandMs: number;
}

const job = JSON.parse(process.argv[2] ?? '{}') as OpenConnectionsJob;
const settings = { ...defaultTransportSettings({}), knownHostsFiles: [job.knownHostsFile], connectTimeoutMs: 120_000 };
const transport = openTransport('ssh', settings);
const signal = new AbortController().signal;
const target = { name: 'node', address: '127.0.0.1', port: job.port, user: 'root', identityFiles: [job.identityFile] };
const request = { script: ':', args: [], privilege: 'none', timeoutMs: 60_000, maxOutputBytes: 1000 } as const;

// The library and its first connections are the base, not the cost of one more.
const first = await Promise.all(Array.from({ length: 50 }, () => transport.connect(target, signal)));
await Promise.all(first.map((connection) => connection.exec(request)));
const rssBefore = settledRss();
const began = performance.now();
const handshakes = new Limiter(fanOutLimits('ssh').handshakes);
const open = await Promise.all(
  Array.from({ length: job.count }, () => handshakes.run(() => transport.connect(target, signal))),
);
const ms = performance.now() - began;
const rss = settledRss();
const commandsBegan = performance.now();
await Promise.all(open.map((connection) => connection.exec(request)));
const commandMs = performance.now() - commandsBegan;
const measure: OpenConnectionsMeasure = {
  count: open.length,
  rssBeforeMb: rssBefore / 1e6,
  rssMb: rss / 1e6,
  kbEach: (rss - rssBefore) / 1000 / open.length,
  ms,
  commandMs,
};
process.send?.(measure);
process.exit();

function settledRss(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
