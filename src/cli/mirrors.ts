import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { NodemendError } from '../errors/nodemend-error.ts';
import { parseMirror, type Mirror } from '../registry/mirror.ts';
import type { CommandContext } from './command-context.ts';
import { collectWords } from './options.ts';
import type { Translate } from '../app/texts/texts.ts';

/** Which places serve images in a registry's stead. */
export interface MirrorOptions {
  readonly mirror?: readonly string[];
  readonly mirrorCa?: string;
  readonly mirrorOnly?: boolean;
}

/** The remedy of image-pull for which these are. */
const remedy = 'mirror';

export function withMirrors(command: Command, t: Translate): Command {
  return command
    .addOption(new Option('--mirror <registry=url>', t('option.mirror')).argParser(collectWords))
    .addOption(new Option('--mirror-ca <file>', t('option.mirrorCa')))
    .addOption(new Option('--mirror-only', t('option.mirrorOnly')));
}

/**
 * Undefined when the remedy was not named: nothing is written then.
 * @throws NodemendError USAGE when one of the options, or the remedy, is alone; those of `readMirrors`
 */
export async function askedMirrors(
  options: MirrorOptions,
  remedies: ReadonlySet<string>,
  command: string,
  context: CommandContext,
): Promise<readonly Mirror[] | undefined> {
  const [typed] = mirrorWords(options);
  if (typed !== undefined && !remedies.has(remedy))
    throw new NodemendError('USAGE', { context: 'needs', command, typed, other: `--remedy ${remedy}` });
  if (!remedies.has(remedy)) return undefined;
  return readMirrors(options, `--remedy ${remedy}`, command, context);
}

/**
 * @throws NodemendError USAGE when none is named, MIRROR_INVALID, MIRROR_AUTHORITY_INVALID; all before any node is
 * contacted
 */
export async function readMirrors(
  { mirror = [], mirrorCa, mirrorOnly = false }: MirrorOptions,
  needing: string,
  command: string,
  context: CommandContext,
): Promise<readonly Mirror[]> {
  if (mirror.length === 0)
    throw new NodemendError('USAGE', { context: 'needs', command, typed: needing, other: '--mirror' });
  const authority = mirrorCa === undefined ? {} : { authority: await readAuthority(mirrorCa, context) };
  const mirrors = mirror.map((text) => ({ ...checkedMirror(text), ...authority, isOnly: mirrorOnly }));
  const twice = mirrors.find(
    ({ registry }, index) => mirrors.findIndex((other) => other.registry === registry) !== index,
  );
  if (twice !== undefined) throw new NodemendError('MIRROR_INVALID', { value: twice.registry, context: 'twice' });
  return mirrors;
}

function checkedMirror(value: string): Pick<Mirror, 'registry' | 'url' | 'host' | 'path'> {
  const mirror = parseMirror(value);
  if (typeof mirror !== 'string') return mirror;
  // A password that was typed is not repeated.
  throw new NodemendError('MIRROR_INVALID', {
    value: mirror === 'password' ? value.replace(/\/\/.*@/u, '//***@') : value,
    context: mirror,
  });
}

/** No file of certificates is larger. */
const mostBytes = 256 * 1024;

/** One certificate at least, and nothing else that is not for all to read: it is put onto every node. */
async function readAuthority(file: string, { workingFolder }: CommandContext): Promise<string> {
  const text = await readFile(resolve(workingFolder, file), 'utf8').catch((cause: unknown) => {
    throw new NodemendError(
      'MIRROR_AUTHORITY_INVALID',
      {
        file,
        context: 'unreadable',
        fault: cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown',
      },
      { cause },
    );
  });
  if (text.includes('PRIVATE KEY')) throw new NodemendError('MIRROR_AUTHORITY_INVALID', { file, context: 'key' });
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? [];
  if (text.length > mostBytes || blocks.length === 0 || !blocks.every(isCertificate))
    throw new NodemendError('MIRROR_AUTHORITY_INVALID', { file, context: 'content' });
  return blocks.map((block) => `${block.replaceAll('\r\n', '\n')}\n`).join('');
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}

/** To be typed again. */
export function mirrorWords({ mirror = [], mirrorCa, mirrorOnly }: MirrorOptions): readonly string[] {
  return [
    ...mirror.flatMap((text) => ['--mirror', text]),
    ...(mirrorCa === undefined ? [] : ['--mirror-ca', mirrorCa]),
    ...(mirrorOnly ? ['--mirror-only'] : []),
  ];
}
