import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { takePlace } from './places.ts';

it('there are as many places as were asked for; one more waits until one is free', async () => {
  const name = `nodemend-test-${randomUUID()}`;
  const [first, second] = await Promise.all([takePlace(name, 2), takePlace(name, 2)]);
  const third = takePlace(name, 2);
  expect(await Promise.race([third, sleep(300, 'waits')])).toBe('waits');

  first.close();
  const held = await third;
  for (const place of [second, held]) place.close();
});
