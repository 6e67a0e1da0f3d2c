import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { root } from './options.ts';

/** What is read of a package.json. */
export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/**
 * The licences of every package whose code or data is in the bundle, in the packages' own words.
 * @param modules paths of all bundled modules; a file that the checkout keeps of another project has that project's
 *   package.json and LICENSE beside it
 * @throws Error when a bundled package brings no licence file, because then it may not be shipped.
 */
export function thirdPartyNotices(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap(packageFolder));
  // One that is installed twice in the same version has the same words twice.
  const entries = [...new Set([...folders].map(notice))].toSorted();
  return (
    ['This file lists the software that is part of nodemend and its licences.', ...entries].join(
      `\n\n${'-'.repeat(78)}\n\n`,
    ) + '\n'
  );
}

/** The folder of the package that a bundled module is of; none when it is nodemend's own. */
export function packageFolder(module: string): readonly string[] {
  // Nested installations keep their whole path.
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module);
  if (match?.[1]) return [match[1]];
  const folder = resolve(dirname(module));
  const isOthers = folder !== root && existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'LICENSE'));
  return isOthers ? [folder] : [];
}

function notice(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest;
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (!file) throw new Error(`${manifest.name} has no licence file; it cannot be bundled`);
  const text = readFileSync(join(folder, file), 'utf8').trim();
  return `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})\n\n${text}`;
}
