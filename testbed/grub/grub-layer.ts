import { mustRun } from '../../lab/node-root/run-program.ts';
import { unpackedPackage } from '../../test/chroot/debian-package.ts';
import standInProbe from '../../test/chroot/stand-in-grub-probe.sh?raw';
import layerScript from './grub-layer.sh?raw';

/**
 * Folders of Debian's packages of GRUB, unpacked and installed nowhere. @throws Error without apt, or without the
 * network when the cache has not got them
 */
export function grubPackages(): readonly string[] {
  return ['grub-common', 'grub2-common'].map(unpackedPackage);
}

/**
 * Nodes with the `update-grub`, `grub-mkconfig` and `/etc/grub.d` of those packages, and with the configuration that
 * they make of Debian's defaults. Of GRUB only `grub-probe` is a stand-in.
 */
export async function addGrub(layer: string, packages: readonly string[]): Promise<void> {
  await mustRun('GRUB', 'sh', ['-c', layerScript, 'grub-layer.sh', layer, standInProbe, ...packages]);
}
