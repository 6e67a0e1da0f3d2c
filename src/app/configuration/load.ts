import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { absolutePaths } from './paths.ts';
import type { Configuration } from './schema.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

export interface LoadOptions {
  /** `--config`. */
  readonly file?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * What a relative `--config` starts from. A `nodemend.yaml` in it is never read by itself: it may be somebody else's.
   */
  readonly workingFolder: string;
}

export interface LoadedConfiguration {
  /** Undefined when there is no file. */
  readonly file: string | undefined;
  readonly configuration: Configuration;
}

/**
 * The configuration from `--config`, else `$NODEMEND_CONFIG`, else `nodemend/nodemend.yaml` in the XDG configuration
 * folder, where it need not exist.
 * @throws NodemendError CONFIGURATION_UNREADABLE, CONFIGURATION_UNSAFE, and those of `readCheckedYaml`
 */
export async function loadConfiguration(options: LoadOptions): Promise<LoadedConfiguration> {
  const named = options.file ?? (options.environment['NODEMEND_CONFIG'] || undefined);
  const path = named === undefined ? standardPath(options.environment) : resolve(options.workingFolder, named);
  if (path === undefined) return { file: undefined, configuration: {} };
  const text = await readText(path, named !== undefined);
  if (text === undefined) return { file: undefined, configuration: {} };
  // YAML and schema are loaded only when there is something to check.
  const { parseConfiguration } = await import('./parse.ts');
  const configuration = parseConfiguration({ path, text });
  return { file: path, configuration: absolutePaths(configuration, dirname(path), options.environment['HOME']) };
}

/** The specification says to ignore a folder that is not absolute. */
function standardPath(environment: LoadOptions['environment']): string | undefined {
  const configured = environment['XDG_CONFIG_HOME'];
  const home = environment['HOME'];
  const folder = configured && isAbsolute(configured) ? configured : home && join(home, '.config');
  return folder ? join(folder, 'nodemend', 'nodemend.yaml') : undefined;
}

async function readText(path: string, mustExist: boolean): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    // It names hosts to go through and keys to offer: whoever can write it decides where root logs in.
    if (mode & 0o002) throw new NodemendError('CONFIGURATION_UNSAFE', { path });
    return (await readNamedFile(path)).toString();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (error instanceof NodemendError) throw error;
    if (!mustExist && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    throw new NodemendError('CONFIGURATION_UNREADABLE', { path, fault: code }, { cause: error });
  }
}
