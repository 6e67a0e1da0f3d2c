import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** A command that needs a moment to stop, in a process of its own: signals are the whole process's. */
const program = `
  import { interruptSignal } from ${JSON.stringify(fileURLToPath(new URL('interrupt.ts', import.meta.url)))};
  const signal = interruptSignal();
  const working = setInterval(() => {}, 1000);
  signal.addEventListener('abort', () => {
    process.stdout.write('stopping');
    setTimeout(() => clearInterval(working), 300);
  });
  process.on('exit', () => process.stdout.write(' ended'));
  process.stdout.write('ready ');
`;

async function told(signals: readonly NodeJS.Signals[]): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  for (const signal of signals) {
    child.kill(signal);
    // Two of one kind that arrive together are one to the kernel.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const [code, killedBy] = (await ended) as [number | null, string | null];
  return `${text} ${killedBy ?? code}`;
}

test.each([
  ['Ctrl-C', ['SIGINT']],
  ['the service manager', ['SIGTERM']],
  ['a terminal that closes', ['SIGHUP']],
  ['a terminal whose kernel and shell both say so', ['SIGHUP', 'SIGHUP']],
  ['a service manager that sends both', ['SIGTERM', 'SIGHUP']],
  ['a log-out', ['SIGHUP', 'SIGTERM', 'SIGHUP']],
  ['a reader that goes away', ['SIGPIPE', 'SIGINT']],
] as const)('%s: what is under way is finished', async (_who, signals) => {
  expect(await told(signals)).toBe('ready stopping ended 0');
});

test.each([
  ['Ctrl-C twice', ['SIGINT', 'SIGINT']],
  ['kill twice', ['SIGTERM', 'SIGTERM']],
] as const)('%s means it', async (_who, signals) => {
  expect(await told(signals)).toBe('ready stopping ended 130');
});
