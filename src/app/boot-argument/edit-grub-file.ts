import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { parseBootArgument } from '../../grub/boot-argument.ts';
import { editDefaults, type ArgumentChange } from '../../grub/edit-defaults.ts';
import { readDefaults, type CommandLine, type GrubFile } from '../../grub/read-defaults.ts';
import type { Refused } from '../../grub/refusal.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/** What is to become of one argument of the kernel in one file. */
export interface GrubFileRequest {
  /** Absolute. */
  readonly path: string;
  readonly operation: ArgumentChange['operation'];
  /** As it was typed. */
  readonly argument: string;
}

export interface GrubFileEdit {
  readonly path: string;
  /** One character a byte (latin1): the file's encoding is nobody's business but its owner's. */
  readonly before: string;
  readonly after: string;
  /** The variable whose value differs, or that has the argument already. */
  readonly variable: CommandLine | undefined;
  /** Of the change, in the file as it becomes; counted from 1. */
  readonly line: number | undefined;
  /** `NAME+=value` is bash's: where `/bin/sh` is dash, grub-mkconfig fails at it. */
  readonly needsBash: boolean;
  /** Arguments of entries that are there are not made from this file. */
  readonly usesBootLoaderEntries: boolean;
}

/**
 * What one file of GRUB's defaults becomes; writes nothing. The files that `grub-mkconfig` reads before and behind it
 * on Debian and Ubuntu are looked at too, where they lie beside it: `grub.d/*.cfg` beside `grub`.
 * @throws NodemendError BOOT_ARGUMENT_INVALID, BOOT_ARGUMENT_REFUSED, INPUT_UNREADABLE
 */
export async function editGrubFile({ path, operation, argument }: GrubFileRequest): Promise<GrubFileEdit> {
  const parsed = parseBootArgument(argument);
  if (!parsed) throw new NodemendError('BOOT_ARGUMENT_INVALID', { value: argument });
  const files = await sourcedFiles(path);
  const target = files.findIndex((file) => file.path === path);
  const before = files[target]?.text ?? '';
  const outcome = editDefaults(files, target, { operation, argument: parsed });
  if ('refusal' in outcome) throw refusedError(outcome);
  const defaults = readDefaults(files);
  if ('refusal' in defaults) throw refusedError(defaults);
  const isChanged = outcome.outcome === 'changed';
  return {
    path,
    before,
    after: isChanged ? outcome.text : before,
    variable: isChanged ? outcome.variable : outcome.by,
    line: isChanged ? outcome.line : undefined,
    needsBash: defaults.needsBash,
    usesBootLoaderEntries: defaults.usesBootLoaderEntries,
  };
}

function refusedError({ refusal, file, line, detail = '' }: Refused): NodemendError {
  const place = line === undefined ? file : `${file}:${line}`;
  return new NodemendError('BOOT_ARGUMENT_REFUSED', { context: refusal, place, detail });
}

/** `grub`, then `grub.d/*.cfg` in the order of the shell's glob; whichever of them was named. */
async function sourcedFiles(path: string): Promise<readonly GrubFile[]> {
  const folder = dirname(path);
  const base = folder.endsWith('.d') ? folder.slice(0, -'.d'.length) : undefined;
  const main = base !== undefined && path.endsWith('.cfg') ? await readOptional(base) : undefined;
  if (base === undefined || main === undefined) return [await read(path), ...(await dropIns(`${path}.d`))];
  return [{ path: base, text: main }, ...(await dropIns(folder))];
}

async function dropIns(folder: string): Promise<readonly GrubFile[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const sourced = names.filter((name) => name.endsWith('.cfg') && !name.startsWith('.')).toSorted();
  return Promise.all(sourced.map((name) => read(join(folder, name))));
}

async function readOptional(path: string): Promise<string | undefined> {
  return (await readNamedFile(path).catch(() => undefined))?.toString('latin1');
}

async function read(path: string): Promise<GrubFile> {
  try {
    return { path, text: (await readNamedFile(path)).toString('latin1') };
  } catch (cause) {
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('INPUT_UNREADABLE', { path, fault, context: 'path' }, { cause });
  }
}
