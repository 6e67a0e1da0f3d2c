import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createTexts } from '../../app/texts/texts.ts';
import { typedWords } from '../parsing/typed-words.ts';
import { applyToAll, buildProgram } from '../program.ts';
import { examplesOf } from './examples.ts';

const texts = createTexts('en', []);

async function everyPath(): Promise<readonly (readonly string[])[]> {
  const program = await buildProgram(texts, () => Promise.resolve());
  const below = (command: Command, path: readonly string[]): readonly (readonly string[])[] => [
    path,
    ...command.commands.flatMap((child) => below(child, [...path, child.name()])),
  ];
  return below(program, []);
}

/** As a POSIX shell splits it: blanks, and single quotes in which nothing else means anything. */
function shellWords(line: string): readonly string[] {
  expect(line.replaceAll(/'[^']*'/gu, '')).not.toMatch(/["\\$`|&;<>]/u);
  return [...line.matchAll(/(?:[^\s']|'[^']*')+/gu)].map(([word]) => word.replaceAll("'", ''));
}

/** The command that the words led to, without carrying it out. @throws CommanderError as the command line would */
async function parsedBy(line: string): Promise<string> {
  const reached: string[] = [];
  const program = await buildProgram(texts, () => {
    reached.push('');
    return Promise.resolve();
  });
  applyToAll(program, (command) => {
    command.configureOutput({ writeErr: () => {}, writeOut: () => {} });
    command.hook('preAction', (_parent, action) => {
      const path: string[] = [];
      for (let one = action; one.parent; one = one.parent) path.unshift(one.name());
      reached.push(path.join(' '));
    });
  });
  await program.parseAsync([...typedWords(program, shellWords(line))], { from: 'user' });
  return reached.filter((one) => one !== '')[0] ?? '';
}

test.each(await everyPath())('%s %s has three examples that its command line takes', async (...path) => {
  const own = path.filter((word) => typeof word === 'string');
  const examples = examplesOf(own);

  expect(new Set(examples).size).toBe(3);
  for (const example of examples) {
    if (example === '--version') continue;
    const command = await parsedBy(example);
    // Of a command with commands of its own they are theirs.
    expect(`${command} `, example).toMatch(new RegExp(`^${own.join(' ')}${own.length > 0 ? ' ' : ''}`, 'u'));
  }
});

test('what is not a command line is found', async () => {
  await expect(parsedBy('diagnose --vai ssh')).rejects.toMatchObject({ code: 'commander.unknownOption' });
  await expect(parsedBy('schedule install -- diagnose')).rejects.toMatchObject({ code: /mandatory/iu });
});
