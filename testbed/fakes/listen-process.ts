/**
 * Listens on ports of the network namespace that it is started in, and hands the listeners to its parent:
 * `outside-host.ts`.
 */
import { createServer } from 'node:net';

for (const port of process.argv.slice(2).map(Number)) {
  const server = createServer();
  // Two processes that listen would take connections from each other.
  server.listen(port, '0.0.0.0', () => process.send?.({ port }, server, {}, () => server.close()));
}
process.on('disconnect', () => process.exit());
