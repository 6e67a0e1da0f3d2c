import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classify } from './classify.ts';
import { labels, type Label, type Message } from './label.ts';

interface Labelled extends Message {
  readonly id: string;
  readonly label: Label;
}

const corpus = join(import.meta.dirname, '../../test/texts/pull-errors');

describe.each(['known', 'held-out'] as const)('the corpus of real messages, %s part', (part) => {
  const messages = readFileSync(join(corpus, `messages.${part}.jsonl`), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Labelled);
  const found = messages.map((message) => ({ ...message, found: classify(message) }));

  it('is told apart, 97 of 100 at least', () => {
    const rows = labels.map((label) => {
      const right = found.filter((message) => message.label === label && message.found === label).length;
      const [said, are] = [found.filter((message) => message.found === label).length, found.filter((message) => message.label === label).length];
      return `${label.padEnd(26)} precision ${share(right, said)}, recall ${share(right, are)}, ${are} messages`;
    });
    process.stdout.write(`${part}\n${rows.join('\n')}\n`);

    // By id alone: the text of a held-out message is not for who writes the rules.
    const wrong = found.filter((message) => message.found !== message.label).map(({ id, label, found: said }) => `${id}: ${label}, not ${said}`);
    expect(1 - wrong.length / messages.length, wrong.join('\n')).toBeGreaterThanOrEqual(0.97);
  });
});

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : (part / whole).toFixed(2);
}
