import { bootedWith, type BootedWith } from '../../grub/booted-with.ts';
import { isWritten } from '../../grub/argument-edit.ts';
import { parseBootArgument, type BootArgument } from '../../grub/boot-argument.ts';
import { holdArgument, type BootEntry } from '../../grub/boot-entries.ts';
import { parseBootState, type BootState } from '../../grub/boot-state.ts';
import { textOf, type Reply } from '../node-state/reply.ts';

/** What of a node's GRUB a script printed; undefined where it is not of the form. */
export function stateIn(reply: Reply): BootState | undefined {
  const text = textOf(reply, 'state');
  // One character a byte, as the probe prints it.
  const found = reply.entries.findLast((entry) => entry.name === 'state' && 'bytes' in entry);
  return text === undefined || found === undefined || !('bytes' in found)
    ? undefined
    : parseBootState(Buffer.from(found.bytes).toString('latin1'));
}

export type Judgement =
  | { readonly ok: true; readonly saw: string }
  /** `context`: what BOOT_CONFIG_WRONG tells apart. */
  | { readonly ok: false; readonly context: ConfigFault; readonly found: string };

export type ConfigFault = 'unread' | 'argument' | 'refused' | 'elsewhere' | 'lost' | 'without';

/** Whether the argument is to be there, or to be gone unless something else than the run gave it. */
type Wanted = 'given' | 'taken-back';

/** What was made, and of what it takes the place. */
interface Generated {
  /** As the script printed it: a configuration that waits stands beside the one that is booted. */
  readonly state: BootState;
  readonly config: string;
  /** Names of files in `/boot`. */
  readonly kernels: readonly string[];
}

/**
 * Reads back what a generator made, whatever its exit code was: every kernel that had an entry and is still there has
 * one, and every entry of this system has the argument, single-user mode left out. Pure.
 */
export function judgeGenerated({ state, config, kernels }: Generated, argument: string, wanted: Wanted): Judgement {
  const parsed = parseBootArgument(argument);
  const waiting = state.configs.find(({ path }) => path.startsWith(`${config}.nodemend-`));
  const others = state.configs.filter((file) => file !== waiting);
  const before = bootedWith({ ...state, configs: others });
  const after = bootedWith({
    ...state,
    configs: waiting ? others.map((file) => (file.path === config ? { ...waiting, path: config } : file)) : others,
  });
  if (parsed === undefined) return no('argument', argument);
  if ('refusal' in after) return no('refused', `${after.refusal} ${after.detail}`);
  if (after.config.path !== config) return no('elsewhere', after.config.path);
  const lost = 'refusal' in before ? [] : lostKernels(before.entries, after.entries, kernels);
  if (lost.length > 0) return no('lost', lost.join(', '));
  return wanted === 'given' ? judgeGiven(state, after, parsed) : { ok: true, saw: `${after.entries.length} entries` };
}

function no(context: ConfigFault, found: string): Judgement {
  return { ok: false, context, found };
}

function lostKernels(
  before: readonly BootEntry[],
  after: readonly BootEntry[],
  kernels: readonly string[],
): readonly string[] {
  const has = new Set(after.map(({ kernel }) => baseName(kernel)));
  return [...new Set(before.map(({ kernel }) => baseName(kernel)))].filter(
    (kernel) => !has.has(kernel) && kernels.includes(kernel),
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Also in what entries of kernels to come are made with, where there is such a file. */
function judgeGiven({ commandLine }: BootState, boot: BootedWith, argument: BootArgument): Judgement {
  const without = boot.entries.filter((entry) => !holdArgument(entry.arguments, argument));
  if (!isWritten(boot, argument))
    return no('without', without.map(({ title }) => title).join(', ') || boot.config.path);
  if (
    boot.generator === 'grubby' &&
    commandLine !== undefined &&
    !holdArgument(commandLine.lines.join(' ').split(/\s+/u), argument)
  )
    return no('without', commandLine.path);
  return { ok: true, saw: `${argument.text} in all of ${boot.entries.length} entries of ${boot.config.path}` };
}
