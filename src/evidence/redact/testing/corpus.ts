import { createHash } from 'node:crypto';
import { bareCarriers, commandCarriers, valueCarriers } from './carriers.ts';
import { plant, type Planted, type SecretShape } from './shapes.ts';

export interface Sample extends Planted {
  readonly shape: SecretShape;
  readonly carrier: string;
}

/**
 * A third of the providers, by a hash of their name, is held out: their numbers count, and their misses are not read
 * while rules are written.
 */
export function isHeldOut({ provider }: SecretShape): boolean {
  return (createHash('sha256').update(provider).digest()[0] ?? 0) % 3 === 0;
}

/** A shape in everything that can carry it, with a secret of its own in each. */
export function samplesOf(shape: SecretShape, seed: string): readonly Sample[] {
  return carriersOf(shape).map(({ name, put }) => {
    const { text, secrets } = plant(shape, [seed, shape.provider, shape.name, name].join('\n'));
    return { shape, carrier: name, text: put(text), secrets };
  });
}

interface TextCarrier {
  readonly name: string;
  readonly put: (text: string) => string;
}

function carriersOf({ kind, name: key }: SecretShape): readonly TextCarrier[] {
  switch (kind) {
    case 'document':
      return [
        { name: 'a file', put: (text) => text },
        { name: 'a diff', put: (text) => text.replaceAll(/^(?=.)/gm, '+') },
      ];
    case 'command':
      return commandCarriers;
    case 'named':
      return valueCarriers.map(({ name, put }) => ({ name, put: (value) => put({ key, value }) }));
    case 'token':
    case 'url':
      return bareCarriers;
  }
}

/** Of a secret that is longer, a run of this many characters that is still there counts as a leak. */
const longestRemainder = 8;

/** Whether anything worth having of a secret is still in a text. */
export function survives(secret: string, text: string): boolean {
  const length = Math.min(secret.length, longestRemainder);
  return Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length)).some((part) =>
    text.includes(part),
  );
}
