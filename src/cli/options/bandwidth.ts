import { Option, type Command } from 'commander';
import type { Translate } from '../../app/texts/texts.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';

export function withBandwidth(command: Command, t: Translate): Command {
  return command.addOption(new Option('--bandwidth <rate>', t('option.bandwidth')));
}

const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Bytes a second; `20M` are 20 MiB. @throws NodemendError USAGE */
export function bandwidthOf(bandwidth: string | undefined, command: string): number | undefined {
  if (bandwidth === undefined) return undefined;
  const [, digits = '', unit = ''] = /^([1-9]\d{0,8})([KMG]?)$/u.exec(bandwidth) ?? [];
  const rate = Number(digits) * (units[unit] ?? 1);
  // Less would take weeks for an image, and is a slip of the hand.
  if (rate < 4096)
    throw new NodemendError('USAGE', { context: 'bandwidth', typed: '--bandwidth', value: bandwidth, command });
  return rate;
}
