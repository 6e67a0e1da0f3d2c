import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { classify } from './classify.ts';
import { labels, type Label } from './label.ts';
import { wordings } from './testing/wordings.ts';

test.each(wordings)('$label: $source', ({ label, ...message }) => {
  expect(classify(message)).toBe(label);
});

test('every label has a wording', () => {
  expect(new Set(wordings.map(({ label }) => label))).toEqual(new Set(labels));
});

describe('what layers on the way do to a message never makes it another', () => {
  const anyWording = fc.constantFrom(...wordings);
  /** `other` is an honest answer to a message of which the telling part is gone. */
  const sameOrOther = (label: Label, found: Label): void => {
    expect([label, 'other']).toContain(found);
  };

  it.each<[string, (message: string) => string]>([
    ['Go quotes it (%q)', (message) => JSON.stringify(message)],
    [
      'it is quoted twice, in a log line',
      (message) =>
        `E1124 12:00:00.1 1 pod_workers.go:1300] "Error syncing pod" err=${JSON.stringify(JSON.stringify(message))}`,
    ],
    [
      'errors wrap it',
      (message) =>
        `rpc error: code = Unknown desc = failed to "StartContainer" for "web" with ErrImagePull: ${JSON.stringify(message)}`,
    ],
    ['a screen breaks its lines', (message) => message.replaceAll(' ', '\n        ')],
    ['a terminal cuts its lines at a column', (message) => (message.match(/[^]{1,60}/g) ?? []).join('\n')],
    [
      'k9s draws a frame around it',
      (message) => (message.match(/[^]{1,60}/g) ?? []).map((line) => `│ ${line} │`).join('\n'),
    ],
    ['it is upper case', (message) => message.toUpperCase()],
    ['it is told twice', (message) => `${message}, ${message}`],
  ])('%s', (_, change) => {
    fc.assert(
      fc.property(anyWording, ({ label, message }) => {
        expect(classify({ message: change(message) })).toBe(label);
      }),
    );
  });

  it.each(wordings)('it is cut off anywhere: $label: $source', ({ label, message }) => {
    for (let end = 0; end < message.length; end += 1) sameOrOther(label, classify({ message: message.slice(0, end) }));
  });
});

test('any text at all has a label', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (message, reason) => {
      expect(labels).toContain(classify({ message, reason }));
    }),
  );
});

test('a reason that says it all is enough', () => {
  expect(classify({ message: '', reason: 'InvalidImageName' })).toBe('invalid-image-name');
  expect(classify({ message: 'Pod was killed', reason: 'OOMKilled' })).toBe('oom');
});
