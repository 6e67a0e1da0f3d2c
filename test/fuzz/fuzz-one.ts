import { isNodemendError } from '../../src/errors/nodemend-error.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import { mostMs, type FuzzTarget } from './target.ts';
import { targets } from './targets.ts';
import type { Finding } from './work-order.ts';

const seeds = new Map<string, readonly Buffer[]>();

/** The input of a round, which its seed decides. */
export function inputOf(target: string, seed: string, round: number): Buffer {
  const { seeds: read, make = mutate } = named(target);
  const own = seeds.get(target) ?? read();
  seeds.set(target, own);
  return make(own, new Random([seed, target, round].join('\n')));
}

/** Gives the input of a round to a target; undefined when all is as it should be. */
export async function fuzzOne(target: string, seed: string, round: number): Promise<Finding | undefined> {
  const problem = await problemWith(target, inputOf(target, seed, round));
  return problem === undefined ? undefined : { target, round, problem };
}

/** What is wrong with how a target reads an input. */
export async function problemWith(target: string, input: Buffer): Promise<string | undefined> {
  const { read } = named(target);
  const before = process.threadCpuUsage();
  const failure = await failureOf(read, input);
  const { user, system } = process.threadCpuUsage(before);
  const ms = (user + system) / 1000;
  if (failure !== undefined) return failure;
  return ms > mostMs ? `${ms.toFixed(0)} ms for ${input.length} bytes` : undefined;
}

async function failureOf(read: FuzzTarget['read'], input: Buffer): Promise<string | undefined> {
  try {
    await read(input);
    return undefined;
  } catch (error) {
    if (isNodemendError(error)) return undefined;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function named(name: string): FuzzTarget {
  const target = targets.find((each) => each.name === name);
  if (target === undefined) throw new Error(`there is no target ${name}`);
  return target;
}
