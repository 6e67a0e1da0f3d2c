import { parseQuantity } from './quantity.ts';

/**
 * What of kubelet's configuration decides when a disk is too full; keys as in KubeletConfiguration, undefined where
 * they are not given.
 */
export interface EvictionSettings {
  readonly imageGCHighThresholdPercent?: number;
  /**
   * `{'nodefs.available': '10%'}`. One that is given replaces all defaults, also those of the signals that it does not
   * name.
   */
  readonly evictionHard?: Readonly<Record<string, string>>;
  readonly evictionSoft?: Readonly<Record<string, string>>;
  /** The defaults hold for signals that `evictionHard` does not name; of kubelet 1.34 (cmd/kubelet/app/server.go). */
  readonly mergeDefaultEvictionSettings?: boolean;
}

/** kubernetes/pkg/kubelet/apis/config/v1beta1/defaults.go and eviction/defaults_linux.go. */
const defaultImageGcPercent = 85;
/** Before 1.30 (kubernetes/kubernetes#121834). */
export const formerDefaultHard: Readonly<Record<string, string>> = {
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
  'imagefs.available': '15%',
};
const defaultHard = { ...formerDefaultHard, 'imagefs.inodesFree': '5%' };

/** kubelet's names: `nodefs` holds its own folder, `imagefs` that of images. */
export type FileSystem = 'nodefs' | 'imagefs';

/** A line that a disk must not cross. */
export interface Line {
  /** What happens there: kubelet deletes images, or evicts pods; or nobody can write any more. */
  readonly what: 'image-gc' | 'eviction' | 'full';
  /** kubelet's signal, `imagefs.available` for example; empty for a line that is not kubelet's. */
  readonly signal: string;
  /** Bytes available at which it is crossed. */
  readonly available: number;
}

/** The lines of a disk of so many bytes that is these file systems of kubelet's, the first that is met first. */
export function linesOf(size: number, roles: ReadonlySet<FileSystem>, settings: EvictionSettings): readonly Line[] {
  const percent = settings.imageGCHighThresholdPercent ?? defaultImageGcPercent;
  // `usagePercent = 100 - int(available*100/capacity)`, and at the threshold it acts (images/image_gc_manager.go): a
  // part of a percent is cut off.
  const imageGc: Line = {
    what: 'image-gc',
    signal: 'imageGCHighThresholdPercent',
    available: (size * (101 - percent)) / 100,
  };
  const kubelets = [
    ...evictions(hardThresholds(settings), size, roles),
    ...evictions(settings.evictionSoft ?? {}, size, roles),
  ];
  const images = roles.has('imagefs') && percent > 0 && percent < 100 ? [imageGc] : [];
  return [...images, ...kubelets, { what: 'full', signal: '', available: 0 } as const].toSorted(
    (a, b) => b.available - a.available,
  );
}

/** Free inodes of a file system of so many below which kubelet evicts, for these roles of it; 0 where it never does. */
export function inodesKeptFree(inodes: number, roles: ReadonlySet<FileSystem>, settings: EvictionSettings): number {
  const thresholds = [hardThresholds(settings), settings.evictionSoft ?? {}].flatMap(Object.entries<string>);
  const kept = thresholds.flatMap(([signal, text]) => {
    const [fileSystem = '', what] = signal.split('.');
    return what === 'inodesFree' && roles.has(fileSystem as FileSystem) ? (thresholdCount(text, inodes) ?? []) : [];
  });
  return Math.max(0, ...kept);
}

function hardThresholds({
  evictionHard,
  mergeDefaultEvictionSettings,
}: EvictionSettings): Readonly<Record<string, string>> {
  if (evictionHard === undefined) return defaultHard;
  return mergeDefaultEvictionSettings === true ? { ...defaultHard, ...evictionHard } : evictionHard;
}

function evictions(
  thresholds: Readonly<Record<string, string>>,
  size: number,
  roles: ReadonlySet<FileSystem>,
): readonly Line[] {
  return Object.entries(thresholds).flatMap(([signal, text]) => {
    const [fileSystem = '', what] = signal.split('.');
    const available = thresholdBytes(text, size);
    if (what !== 'available' || !roles.has(fileSystem as FileSystem) || available === undefined || available <= 0)
      return [];
    return [{ what: 'eviction', signal, available } as const];
  });
}

/**
 * To the inode as kubelet reckons: shares in single precision, cut off (pkg/kubelet/eviction/helpers.go, `parsePercentage`;
 * api/types.go, `GetThresholdQuantity`). kubelet ignores 0% and 100% (`parseThresholdStatement`).
 */
function thresholdCount(text: string, inodes: number): number | undefined {
  const share = /^([\d.]+)%$/.exec(text)?.[1];
  if (share === undefined) return parseQuantity(text);
  return text === '100%' ? undefined : Math.trunc(inodes * Math.fround(Math.fround(Number(share)) / 100));
}

/** A share or a quantity of Kubernetes; undefined when it is neither. */
function thresholdBytes(text: string, size: number): number | undefined {
  const share = /^([\d.]+)%$/.exec(text)?.[1];
  if (share !== undefined) return (Number(share) / 100) * size;
  return parseQuantity(text);
}
