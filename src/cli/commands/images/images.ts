import { Command } from 'commander';
import type { Texts } from '../../../app/texts/texts.ts';
import type { RunCommand } from '../../command-context.ts';
import { define as exportTo } from './export.ts';
import { define as importFrom } from './import.ts';
import { define as list } from './list.ts';
import { define as pin } from './pin.ts';
import { define as reseed } from './reseed.ts';
import { define as restore } from './restore.ts';

/** Each verb is a file of its own beside this one; in the order in which people meet them. */
const verbs = [list, restore, pin, reseed, exportTo, importFrom] as const;

export function define(texts: Texts, run: RunCommand): Command {
  const { t } = texts;
  const group = new Command('images').summary(t('command.images.summary')).description(t('command.images.description'));
  for (const verb of verbs) group.addCommand(verb(texts, run));
  return group;
}
