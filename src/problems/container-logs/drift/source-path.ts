import type { Words } from '../../kit/synchronise.ts';
import { rulesFolder } from '../rotation/rotation.ts';
import { defaultTaboo, tabooFor } from '../../../logrotate/taboo.ts';
import { newestRelease } from './newest-release.ts';

export const defaultPath = `${rulesFolder}/docker`;

/** A staged copy and a backup are named after the file, and a name may have 255 bytes. */
const longestName = 100;

/** Why a rule cannot stand there: logrotate would not read it, or the probe does not look there. */
export function refusePath(path: string): Words | undefined {
  const name = path.slice(rulesFolder.length + 1);
  if (!path.startsWith(`${rulesFolder}/`) || name.includes('/'))
    return { key: 'path.folder', params: { file: path, folder: rulesFolder } };
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || name.length > longestName)
    return { key: 'path.name', params: { file: path } };
  const taboo = tabooFor(name, defaultTaboo(newestRelease), newestRelease);
  return taboo === undefined ? undefined : { key: 'path.ignored', params: { file: path, pattern: taboo } };
}
