import type { DockerContainer, DockerLogs, LogFile, LogFiles } from './log-files.ts';

/** A docker log as the rules are held against it. */
export interface DockerLog {
  readonly container: DockerContainer;
  /** Every path that leads to it: through docker's folder as docker names it, and with symbolic links resolved. */
  readonly paths: readonly string[];
  readonly file: LogFile;
}

/**
 * Any name that no container and no pod has: the SHA-256 of `nodemend`, written out because every start of the program
 * loads this.
 */
const nobody = '26a556661e106692fd326385f7c222cd96644fa7bc031ecc14685b689d567fcb';

/** The log of a container that starts tomorrow: a rule that names only today's containers does not cover it. */
export function futureContainer(): DockerContainer {
  const owned = { uid: 0, gid: 0 };
  return {
    id: nobody,
    folder: { ...owned, mode: 0o710 },
    driver: 'json-file',
    maxSize: undefined,
    maxFiles: undefined,
    name: undefined,
    log: { ...owned, name: `${nobody}-json.log`, mode: 0o640, isLink: false, links: 1, size: 0, allocated: 0 },
    rotated: [],
  };
}

/** The logs of these containers; those that have none yet are left out. */
export function dockerLogs(
  { root, containersFolder }: DockerLogs,
  containers: readonly DockerContainer[],
): readonly DockerLog[] {
  const folders = [...new Set([`${root}/containers`, containersFolder])];
  return containers.flatMap((container) => {
    if (container.log === undefined) return [];
    const { log } = container;
    return [{ container, file: log, paths: folders.map((folder) => `${folder}/${container.id}/${log.name}`) }];
  });
}

/** Files beside a container's log that belong to docker: whoever truncates one of them destroys the container. */
export function dockersOwnFiles(log: DockerLog): readonly string[] {
  const names = ['config.v2.json', 'hostconfig.json', 'hostname', 'hosts', 'resolv.conf'];
  return log.paths.flatMap((path) => names.map((name) => path.slice(0, path.lastIndexOf('/') + 1) + name));
}

/** Logs under /var/log/pods: those that were seen, and one of a pod to come. */
export function podLogPaths(logFiles: LogFiles | undefined): readonly string[] {
  const seen = (logFiles?.pods ?? [])
    .filter((log) => log.name.endsWith('.log'))
    .map((log) => `/var/log/pods/${log.folder}/${log.name}`);
  return [...seen, `/var/log/pods/default_app_${nobody}/app/0.log`];
}

/** A link as kubelet makes them under /var/log/containers. */
export const containerLink = `/var/log/containers/app_default_app-${nobody}.log`;
