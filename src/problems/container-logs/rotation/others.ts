import { staysInside, type LogPlaces } from './rule-target.ts';
import type { Block } from '../../../logrotate/configuration.ts';
import type { Rotation } from './rotation.ts';

/** Whether all rules for other logs are, and do, what they did before: nothing may change but what a plan is about. */
export function othersAreUnchanged(before: Rotation, after: Rotation, places: LogPlaces): boolean {
  return JSON.stringify(othersOf(before, places)) === JSON.stringify(othersOf(after, places));
}

function othersOf({ configuration }: Rotation, places: LogPlaces): readonly unknown[] {
  const isOther = (block: Block): boolean => !block.patterns.every((pattern) => staysInside(pattern, places));
  return configuration.blocks.filter(isOther).map(({ file, patterns, files, settings }) => {
    const scripts = [...settings.scripts].toSorted();
    return { file, patterns, files, settings: { ...settings, scripts } };
  });
}
