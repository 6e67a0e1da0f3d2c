import { Enums, Models, Serialize, Spec, SPDX } from '@cyclonedx/cyclonedx-library';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder, type PackageManifest } from '../build/third-party-notices.ts';
import { root } from '../build/options.ts';

/** Something in a release that no module of the bundle is of: Node.js, a package of Debian. */
export interface Part {
  readonly name: string;
  readonly version: string;
  /** Where it is from, as a package URL (github.com/package-url/purl-spec). */
  readonly purl: string;
  /** SPDX's id of its licence, or its own words for it. */
  readonly licence?: string;
}

/**
 * What is in a file of a release, as CycloneDX 1.6: the packages whose code or data the bundle holds, and what is beside
 * it. The same contents give the same bytes: no time, no serial number.
 * @param modules paths of all bundled modules
 */
export function billOfMaterials(modules: readonly string[], beside: readonly Part[]): string {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageManifest;
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ component: componentOf(asPart(own), Enums.ComponentType.Application) }),
  });
  const folders = [...new Set(modules.flatMap(packageFolder))];
  const parts = [...folders.map((folder) => asPart(manifestIn(folder))), ...beside];
  // One that is installed twice in the same version is listed once.
  const byUrl = new Map(parts.map((part) => [part.purl, part]));
  for (const [, part] of [...byUrl].toSorted(([a], [b]) => (a < b ? -1 : 1))) bom.components.add(componentOf(part));
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 1 })}\n`;
}

function manifestIn(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest;
}

function asPart({ name, version, license }: PackageManifest): Part {
  const [kind, at] = name.startsWith('github.com/') ? ['golang', `v${version}`] : ['npm', version];
  const purl = `pkg:${kind}/${name.replace('@', '%40')}@${at}`;
  return { name, version, purl, ...(license === undefined ? {} : { licence: license }) };
}

function componentOf({ name, version, purl, licence }: Part, type = Enums.ComponentType.Library): Models.Component {
  const component = new Models.Component(type, name, { version, purl, bomRef: purl });
  if (licence !== undefined) {
    const known = SPDX.isSupportedSpdxId(licence);
    component.licenses.add(known ? new Models.SpdxLicense(licence) : new Models.NamedLicense(licence));
  }
  return component;
}
