import type { Command } from 'commander';
import type { RunCommand } from '../command-context.ts';
import { driftCommand } from '../drift-command.ts';
import type { Texts } from '../../app/texts/texts.ts';

export function define(texts: Texts, run: RunCommand): Command {
  return driftCommand('container-logs', texts, run);
}
