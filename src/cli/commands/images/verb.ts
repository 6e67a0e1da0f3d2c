import type { Command } from 'commander';
import type { Translate } from '../../../app/texts/texts.ts';
import { nodesCommand } from '../../options/shared.ts';

/** `nodemend images <name>`, with the options of whatever asks nodes; its words are `command.images-<name>`. */
export function verbCommand(name: string, t: Translate): Command {
  return nodesCommand(`images-${name}`, t).name(name);
}
