import type { PodLog } from './log-files.ts';

/** The logs of one container of a pod, as they lie below `/var/log/pods`. */
export interface ContainerLogs {
  /** `<namespace>_<pod>_<uid>/<container>`. */
  readonly folder: string;
  /** Of a static pod a hash. */
  readonly pod: string;
  readonly files: readonly PodLog[];
}

/** The folders with logs in them, by container. Links are docker's. */
export function containerLogs(logs: readonly PodLog[]): readonly ContainerLogs[] {
  const byFolder = Map.groupBy(
    logs.filter(({ isLink }) => !isLink),
    ({ folder }) => folder,
  );
  return [...byFolder].map(([folder, files]) => ({ folder, pod: podOf(folder), files }));
}

function podOf(folder: string): string {
  const [pod = ''] = folder.split('/');
  return pod.slice(pod.lastIndexOf('_') + 1);
}

export function bytesOf(containers: readonly ContainerLogs[]): number {
  return containers.flatMap(({ files }) => files).reduce((total, { allocated }) => total + allocated, 0);
}
