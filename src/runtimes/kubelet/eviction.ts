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
}

/** kubernetes/pkg/kubelet/apis/config/v1beta1/defaults.go and eviction/defaults_linux.go. */
const defaultImageGcPercent = 85;
const defaultHard: Readonly<Record<string, string>> = { 'nodefs.available': '10%', 'imagefs.available': '15%' };

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
    ...evictions(settings.evictionHard ?? defaultHard, size, roles),
    ...evictions(settings.evictionSoft ?? {}, size, roles),
  ];
  const images = roles.has('imagefs') && percent > 0 && percent < 100 ? [imageGc] : [];
  return [...images, ...kubelets, { what: 'full', signal: '', available: 0 } as const].toSorted(
    (a, b) => b.available - a.available,
  );
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

/** A share or a quantity of Kubernetes; undefined when it is neither. */
function thresholdBytes(text: string, size: number): number | undefined {
  const share = /^([\d.]+)%$/.exec(text)?.[1];
  if (share !== undefined) return (Number(share) / 100) * size;
  return parseQuantity(text);
}
