import { createHash } from 'node:crypto';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, makeOnce, type Workshop } from './make-once.ts';
import { runMaker } from './run-maker.ts';
import { findGo, type Toolchain } from './toolchain.ts';

/** A pinned Go module of the testbed, and the programs built from it. */
export interface GoModule {
  /** For people: `Kubernetes`. */
  readonly title: string;
  /** The folder with go.mod, go.sum and, where the program is its own, main.go. */
  readonly sources: string;
  /** The module in go.mod whose version counts. */
  readonly module: string;
  /** By the program's name, the package it is built from. */
  readonly programs: Readonly<Record<string, string>>;
  /** Other names of the first program. */
  readonly links: readonly string[];
  readonly tags: readonly string[];
  readonly linkerFlags: string;
  /** What the linker writes into the program, without which it would call itself a development version. */
  readonly variables: (version: string) => Readonly<Record<string, string>>;
}

export interface BuildOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly report: (line: string) => void;
  /** Aborting ends the build, and throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The folder with a module's programs: built by the first call, found again by the hash of the module's sources
 * afterwards.
 * @throws Error when there is no Go that can, or with what it said
 */
export async function buildModule(module: GoModule, options: BuildOptions): Promise<string> {
  const { hash, version, goVersion } = await readSources(module);
  const cache = cacheFolder(options.environment);
  return makeOnce(cache, hash, async (workshop) => {
    const what = `${module.title} ${version}`;
    const toolchain = await findGo(goVersion, { ...options, purpose: what });
    const startedAt = performance.now();
    options.report(`building ${what} into ${join(cache, hash)} (once, some minutes)`);
    await build(module, { workshop, version, toolchain }, options);
    options.report(`built ${what} in ${seconds(startedAt)} s`);
  });
}

interface Sources {
  readonly hash: string;
  /** `1.34.4` */
  readonly version: string;
  /** The least Go, as go.mod says. */
  readonly goVersion: string;
}

async function readSources({ sources, module, tags }: GoModule): Promise<Sources> {
  const text = (name: string): Promise<string> => readFile(join(sources, name), 'utf8');
  const [goMod, goSum, main] = await Promise.all([
    text('go.mod'),
    text('go.sum'),
    text('main.go').catch(() => undefined),
  ]);
  const version = goMod
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^require /, '')
        .split(' '),
    )
    .find(([name]) => name === module)?.[1]
    ?.slice(1);
  const goVersion = /^go (\S+)$/m.exec(goMod)?.[1];
  if (version === undefined || goVersion === undefined) throw new Error(`${sources}/go.mod requires no ${module}`);
  const hashed = [goMod, goSum, ...(main === undefined ? [] : [main]), ...tags, process.arch];
  return { hash: createHash('sha256').update(hashed.join('\0')).digest('hex').slice(0, 16), version, goVersion };
}

interface BuildParts {
  readonly workshop: Workshop;
  readonly version: string;
  readonly toolchain: Toolchain;
}

async function build(
  module: GoModule,
  { workshop, version, toolchain }: BuildParts,
  { report, signal }: BuildOptions,
): Promise<void> {
  const startedAt = performance.now();
  let packages = 0;
  const progress = setInterval(() => report(`  ${packages} packages compiled, ${seconds(startedAt)} s`), 15_000);
  try {
    for (const [name, source] of Object.entries(module.programs)) {
      await runMaker(workshop, {
        program: toolchain.go,
        // `-v` names each package as it is compiled; packages of Go's own cache are not named.
        args: ['build', '-v', ...goFlags(module, version), '-o', join(workshop.result, name), source],
        cwd: module.sources,
        environment: { ...toolchain.environment, CGO_ENABLED: '0', GOTMPDIR: workshop.temporary },
        heard: (text) => (packages += text.split('\n').length - 1),
        signal,
      });
    }
  } finally {
    clearInterval(progress);
  }
  const [first = ''] = Object.keys(module.programs);
  await Promise.all(module.links.map((name) => symlink(first, join(workshop.result, name))));
}

function goFlags({ tags, linkerFlags, variables }: GoModule, version: string): readonly string[] {
  const written = Object.entries(variables(version)).map(([name, value]) => `-X ${name}=${value}`);
  return [
    '-trimpath',
    ...(tags.length > 0 ? ['-tags', tags.join(',')] : []),
    '-ldflags',
    [linkerFlags, ...written].join(' '),
  ];
}

function seconds(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 1000);
}
