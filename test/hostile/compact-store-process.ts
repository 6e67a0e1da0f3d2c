/**
 * Compacts the store of a testbed. It listens on the loopback of the daemon's network: `nsenter --net=… node
 * compact-store-process.ts URL`.
 */
import { compactStore } from '../../testbed/control-plane/compact-store.ts';

await compactStore(process.argv[2] ?? '');
