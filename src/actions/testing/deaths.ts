import { expect } from 'vitest';
import type { KillingTools, KillPoint } from '../../../test/chroot/killing-tools.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';

/** What is done again and again, and killed at another place each time. */
export interface Deaths {
  readonly tools: Pick<KillingTools, 'arm' | 'disarm' | 'calls' | 'hasKilled'>;
  /** At every n-th program that the work starts. */
  readonly every: number;
  readonly sides: readonly KillPoint['when'][];
  /** Puts everything into the state that the work begins from, whatever it is in. */
  readonly before: () => Promise<void>;
  readonly work: () => Promise<unknown>;
}

/** A program that the work started when they were counted. */
interface Place {
  /** Its number, from 1. */
  readonly number: number;
  readonly point: KillPoint;
}

/** How often one place is tried; the first that is not killed is followed by one that is easier to reach. */
const tries = 3;

/**
 * Kills the work at each place in turn, and yields after each death. A work that went through shows nothing, so it is
 * done again until it dies: how many programs a script starts while it waits for something is a matter of time, and a
 * share of places that may be missed would be one too.
 * @throws An assertion's error when a place cannot be brought to kill
 */
export async function* deathsDuring(given: Deaths): AsyncGenerator<void, void> {
  await given.before();
  expect(await dies(given, { at: 0, when: 'before' })).toBe(false);
  const calls = given.tools.calls();
  expect(calls.length).toBeGreaterThan(10);
  for (let index = 0; index < calls.length; index += given.every)
    for (const when of given.sides) {
      await killed(given, { number: index + 1, point: { ...callOf(calls, index), when } });
      yield;
    }
}

/** The same program as the n-th of its own name, so that the others need not be counted again. */
function callOf(calls: readonly string[], index: number): Omit<KillPoint, 'when'> {
  const program = calls[index];
  // One that was ended before it wrote its name.
  if (program === undefined || program === '') return { at: index + 1 };
  return { program, at: calls.slice(0, index + 1).filter((name) => name === program).length };
}

async function killed(given: Deaths, place: Place): Promise<void> {
  let { point } = place;
  for (let count = 1; count <= tries; count += 1) {
    await given.before();
    if (await dies(given, point)) return;
    point = easier(place, point, given.tools.calls().length);
  }
  expect.fail(`nothing was killed ${place.point.when} program ${place.number}, nor ${named(point)}`);
}

/**
 * Fewer programs than when they were counted, because what was waited for came sooner: half-way through all that there
 * were. Otherwise the program was there and never ended by itself, so that nothing came after it: before it, then.
 */
function easier({ number }: Place, point: KillPoint, calls: number): KillPoint {
  if (calls >= point.at) return { ...point, when: 'before' };
  return { at: Math.ceil((point.program === undefined ? calls : number) / 2), when: 'before' };
}

function named({ program = 'program', at, when }: KillPoint): string {
  return `${when} ${program} ${at}`;
}

/** Most work ends with the script that is killed, and what only waits asks again: the killer itself says that it did. */
async function dies({ tools, work }: Deaths, point: KillPoint): Promise<boolean> {
  tools.arm(point);
  try {
    await work();
  } catch (error) {
    if (!isNodemendError(error) || error.code !== 'NODE_SCRIPT_DIED') throw error;
    expect(tools.hasKilled()).toBe(true);
  } finally {
    tools.disarm();
  }
  return tools.hasKilled();
}
