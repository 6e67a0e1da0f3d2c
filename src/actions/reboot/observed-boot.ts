import { isInForce } from '../../grub/in-force.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import type { ActionContext } from '../action.ts';
import { actionKey } from '../node-state/action-key.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import { runNodeScript, type NodeScriptCall } from '../node-state/run-node-script.ts';
import boot from './boot.sh?raw';
import lookScript from './look.sh?raw';
import type { KernelArgument, RebootAction } from './reboot-action.ts';

/** What a script of the action said of a node. */
export interface ObservedBoot {
  /** `none`, or how far the run got as its record on the node tells. */
  readonly phase: string;
  readonly bootId: string;
  /** The boot that the run's reboot was to end, and that of its undo; empty when none was written down. */
  readonly before: string;
  readonly beforeUndo: string;
  /** What the command said that should have rebooted the node; empty where it did not refuse. */
  readonly notRebooted: string;
  /** Words of the running kernel's command line that are about the action's arguments. */
  readonly commandLine: readonly string[];
}

export function observedBoot(reply: Reply): ObservedBoot {
  return {
    phase: valueOf(reply, 'phase'),
    bootId: valueOf(reply, 'boot-id'),
    before: valueOf(reply, 'before'),
    beforeUndo: valueOf(reply, 'before-undo'),
    notRebooted: valueOf(reply, 'not-rebooted'),
    commandLine: reply.entries.flatMap((entry) => (entry.name === 'argument' && 'value' in entry ? [entry.value] : [])),
  };
}

/** Those that are not as they should be. */
export function unmet(wanted: readonly KernelArgument[], { commandLine }: ObservedBoot): readonly KernelArgument[] {
  return wanted.filter(({ argument, present }) => isInForce(commandLine, argument) !== present);
}

/** What an undo wants the kernel's command line to say. */
export function opposite(wanted: readonly KernelArgument[]): readonly KernelArgument[] {
  return wanted.map(({ argument, present }) => ({ argument, present: !present }));
}

export function argumentWords(wanted: readonly KernelArgument[]): string {
  return wanted.map(({ argument, present }) => `${present ? '' : 'no '}${argument}`).join(', ');
}

/** @throws NodemendError what `runNodeScript` throws */
export function runBootScript(connection: NodeConnection, call: NodeScriptCall): Promise<Reply> {
  return runNodeScript(connection, { ...call, script: `${boot}\n${call.script}` });
}

/** Reads the node; changes nothing there. @throws NodemendError what `runNodeScript` throws */
export function lookAtBoot(connection: NodeConnection, spec: RebootAction, context: ActionContext): Promise<Reply> {
  return runBootScript(connection, {
    script: lookScript,
    args: [context.run, keyOf(spec), ...namePatterns(spec)],
    timeoutMs: 20_000,
  });
}

/** The first arguments of the scripts that change something. */
export function place(spec: RebootAction, { run, session }: ActionContext): readonly [string, string, string] {
  return [run, session, keyOf(spec)];
}

function keyOf({ id }: RebootAction): string {
  return actionKey(id, 'reboot');
}

/** Of the arguments that the action is about, as patterns of the shell: the kernel takes `-` and `_` in a name as one. */
export function namePatterns({ inForce }: RebootAction): readonly string[] {
  return [...new Set(inForce.map(({ argument }) => (argument.split('=', 1)[0] ?? '').replaceAll(/[-_.]/gu, '[-_.]')))];
}
