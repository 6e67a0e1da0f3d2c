import { delimiter, isAbsolute, resolve } from 'node:path';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Ports } from '../ports.ts';

/** What decides which files and programs a command means, and in which language it speaks. */
const kept = [
  'HOME',
  'USER',
  'LOGNAME',
  'PATH',
  'LANG',
  'LC_ALL',
  'LC_MESSAGES',
  'TZ',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'NODEMEND_UNPACK',
];
const paths = ['KUBECONFIG', 'NODEMEND_CONFIG'];
const proxies = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
  'NO_PROXY',
  'no_proxy',
];

/**
 * The environment that a schedule runs in, fixed when it is installed: cron and systemd have little of it. An ssh-agent
 * is not in it, because it goes with whoever logged in. @throws NodemendError SCHEDULE_ENVIRONMENT_SECRET
 */
export function machineSurroundings({ environment, workingFolder }: Ports): Readonly<Record<string, string>> {
  const found = (names: readonly string[]): readonly (readonly [string, string])[] =>
    names.flatMap((name) => {
      const value = environment[name];
      return value ? [[name, value] as const] : [];
    });
  const secret = found(proxies).find(([, value]) => value.includes('@'));
  if (secret) throw new NodemendError('SCHEDULE_ENVIRONMENT_SECRET', { name: secret[0] });
  const absolute = found(paths).map(
    ([name, value]) =>
      [
        name,
        value
          .split(delimiter)
          .map((path) => (path === '' || isAbsolute(path) ? path : resolve(workingFolder, path)))
          .join(delimiter),
      ] as const,
  );
  return Object.fromEntries([...found(kept), ...found(proxies), ...absolute]);
}
