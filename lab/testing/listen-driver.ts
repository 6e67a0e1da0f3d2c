/**
 * In a network namespace of its own: takes ports on every address first (the arguments), then asks for a lab's
 * listeners and prints what it got.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { isNodemendError } from '../../src/errors/nodemend-error.ts';
import { closeAll, listenForLab } from '../listeners.ts';

const taken = process.argv.slice(2).map((port) => createServer().listen(Number(port), '0.0.0.0'));
await Promise.all(taken.map((server) => once(server, 'listening')));
try {
  const first = await listenForLab(3);
  const second = await listenForLab(300);
  const show = ({ slot, apiPort, sshPort, nodes }: typeof first): string =>
    `${slot} ${apiPort} ${sshPort} ${nodes.length}\n`;
  process.stdout.write(show(first) + show(second));
  closeAll([first.api, ...first.nodes, second.api, ...second.nodes]);
} catch (error) {
  process.stdout.write(isNodemendError(error) ? error.code : String(error));
} finally {
  closeAll(taken);
}
