import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isInvalid, parseReference } from '../reference/image-reference.ts';
import { isBroken, parseDockerConfig } from './docker-config.ts';
import { lookUpEntries, normalizeKey } from './keyring.ts';
import type { Question } from './testing/questions.ts';

interface Answer extends Question {
  readonly refused?: true;
  readonly logins: readonly (readonly [user: string, password: string])[];
}

/** What kubelet's own keyring answered (testbed/oracles/pull-secret, Kubernetes 1.34.4). */
const answers = readFileSync(join(import.meta.dirname, 'fixtures/answers.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Answer);

function ours({ type, text, image }: Question): Pick<Answer, 'refused' | 'logins'> {
  const config = parseDockerConfig(text, type);
  // No bytes at all are not a login, and no error.
  if (isBroken(config)) return config.problem === 'empty' ? { logins: [] } : { refused: true, logins: [] };
  const reference = parseReference(image);
  if (isInvalid(reference)) throw new Error(reference.error);
  return {
    logins: lookUpEntries(config.entries, reference).map(({ user, password }) => [user, password.reveal()] as const),
  };
}

/** Go goes through a map in an order of its own: entries that it indexes under one key have none. */
function sorted({ logins, ...rest }: Pick<Answer, 'refused' | 'logins'>, question: Question): unknown {
  const config = parseDockerConfig(question.text, question.type);
  const keys = isBroken(config) ? [] : config.entries.map(({ key }) => normalizeKey(key));
  return { ...rest, logins: new Set(keys).size === keys.length ? logins : logins.toSorted() };
}

test('a pull secret is read, refused and matched as kubelet does', () => {
  const differing = answers.flatMap(({ type, text, image, refused, logins }) => {
    const question = { type, text, image };
    const [expected, found] = [
      sorted({ ...(refused ? { refused } : {}), logins }, question),
      sorted(ours(question), question),
    ];
    return JSON.stringify(found) === JSON.stringify(expected) ? [] : [{ ...question, found, expected }];
  });

  expect(differing).toEqual([]);
  // The recording is worth something only while it has enough of each.
  expect(answers.filter(({ refused }) => refused).length).toBeGreaterThan(50);
  expect(answers.filter(({ logins }) => logins.length > 0).length).toBeGreaterThan(150);
  expect(answers.filter(({ logins }) => logins.length > 1).length).toBeGreaterThan(20);
});
