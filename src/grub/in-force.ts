import { holdArgument } from './boot-entries.ts';
import { parseBootArgument } from './boot-argument.ts';

/** Whether words of the running kernel's command line give it the argument: only a boot changes what they say. */
export function isInForce(commandLine: readonly string[], argument: string): boolean {
  const parsed = parseBootArgument(argument);
  return (
    parsed !== undefined &&
    holdArgument(
      commandLine.map((word) => word.replace('cgroup_memory', 'cgroup.memory')),
      parsed,
    )
  );
}
