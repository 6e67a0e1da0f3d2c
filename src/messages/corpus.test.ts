/**
 * What real kubelets and runtimes say, against what was really wrong.
 *
 * The messages are recorded on the testbed (`npm run record-messages`): real kubelets 1.34 and 1.23, containerd 1.6 and
 * 2, dockerd 20.10, in troubles that were made on purpose (`testbed/pull-failures/scenarios.ts`). They are not gathered
 * from issue threads: those texts are not ours to copy. A label is the trouble that was made, or `other` where a
 * message does not name its cause; the classifier has no part in it.
 *
 * A third of the sources (runtime and scenario, by a hash) is held out: only its numbers are looked at while rules are
 * mended. Whoever has to look into it makes it known with that: add scenarios, and record again.
 */
import { describe, expect, test } from 'vitest';
import { classify } from './classify.ts';
import { labels, type Label } from './label.ts';
import { partOf, readRecorded, type RecordedMessage } from './testing/recorded.ts';

const recorded = readRecorded();
const parts = ['known', 'held-out'] as const;
const leastAccuracy = 0.97;

interface Judged {
  readonly label: Label;
  readonly found: Label;
}

interface Score {
  readonly label: Label;
  readonly messages: number;
  readonly precision: number;
  readonly recall: number;
}

function scoreOf(label: Label, judged: readonly Judged[]): Score {
  const right = judged.filter((each) => each.label === label && each.found === label).length;
  const messages = judged.filter((each) => each.label === label).length;
  const answered = judged.filter(({ found }) => found === label).length;
  return { label, messages, precision: right / answered, recall: right / messages };
}

function judge(messages: readonly RecordedMessage[]): readonly Judged[] {
  return messages.map((message) => ({ label: message.label, found: classify(message) }));
}

const share = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3)).padStart(9);

function table(part: string, judged: readonly Judged[]): string {
  const scores = labels
    .map((label) => scoreOf(label, judged))
    .filter(({ messages, precision }) => messages > 0 || precision === 0);
  const rows = scores.map(
    ({ label, messages, precision, recall }) =>
      `${label.padEnd(26)}${String(messages).padStart(8)}${share(precision)}${share(recall)}`,
  );
  return [`${`${part}: ${judged.length}`.padEnd(26)}messages precision  recall`, ...rows].join('\n');
}

describe.each(parts)('%s messages', (part) => {
  const judged = judge(recorded.filter((message) => message.part === part));

  test('nearly all are understood', () => {
    process.stdout.write(`${table(part, judged)}\n`);
    const right = judged.filter(({ label, found }) => label === found).length;
    expect(right / judged.length).toBeGreaterThanOrEqual(leastAccuracy);
  });
});

test('what is known is wrong nowhere', () => {
  const wrong = recorded.filter((message) => message.part === 'known' && classify(message) !== message.label);
  expect(wrong.map(({ id, label, message }) => ({ id, label, message }))).toEqual([]);
});

test('there are 300 distinct messages or more, a third of them held out by their source', () => {
  expect(new Set(recorded.map(({ message, reason }) => `${reason} ${message}`)).size).toBeGreaterThanOrEqual(300);
  expect(new Set(recorded.map(({ id }) => id)).size).toBe(recorded.length);
  expect(recorded.filter(({ part, source }) => part !== partOf(source))).toEqual([]);
  const heldOut = recorded.filter(({ part }) => part === 'held-out').length / recorded.length;
  expect(heldOut).toBeGreaterThan(0.25);
  expect(heldOut).toBeLessThan(0.45);
});
