import { afterAll } from 'vitest';
import { takePlace } from './places.ts';

/**
 * A setup file of the vitest project: a test file waits here until there is room for its testbed. Two fit into the
 * kernel's 128 inotify instances (`testbed/inotify.ts`).
 */
const place = await takePlace('nodemend-testbed', 2);
afterAll(() => {
  place.close();
});
