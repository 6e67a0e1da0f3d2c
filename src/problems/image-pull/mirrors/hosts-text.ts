import type { Mirror } from './mirror.ts';
import { needsOverridePath } from '../../../runtimes/containerd/hosts-file.ts';

/**
 * A `hosts.toml` that sends what is pulled to the mirror. Without `server` containerd asks the registry itself when the
 * mirror has failed; with the mirror there as well, nobody else. containerd 1 ignores a file that has no table `host`
 * (remotes/docker/config/hosts.go, getSortedHosts), so there is one in any case. The mirror is not a place to push to.
 */
export function hostsText({ url, isOnly }: Mirror, authorityFile: string | undefined): string {
  const override = needsOverridePath(url) ? ['override_path = true'] : [];
  const settings = [
    'capabilities = ["pull", "resolve"]',
    ...override,
    ...(authorityFile === undefined ? [] : [`ca = "${authorityFile}"`]),
  ];
  const last = isOnly ? [`server = "${url}"`, ...settings] : [];
  return [
    '# Written by nodemend (image-pull, remedy mirror).',
    ...last,
    `[host."${url}"]`,
    ...settings.map((line) => `  ${line}`),
    '',
  ].join('\n');
}
