import { resolve } from 'node:path';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { GivenFile, GivenValue, InputOption, RemedyInputs } from '../../problems/inputs.ts';
import type { DeclaredInputs, TypedInputs } from './declared-inputs.ts';
import { readNamedFile } from '../../files/read-named-file.ts';

/** By the problem's id, what each of its remedies is planned with. */
export type ReadInputs = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

export interface InputsRequest {
  readonly typed: TypedInputs;
  /** The command's name, for what is said about a mistake. */
  readonly command: string;
  /** Relative paths start here. */
  readonly workingFolder: string;
}

/**
 * Those of the remedies that were named.
 * @throws NodemendError USAGE when an input, or a remedy that cannot do without it, is alone; and what the problem says
 *   of a value. All before anything is contacted.
 */
export async function readInputs(
  declared: readonly DeclaredInputs[],
  remedies: ReadonlySet<string>,
  request: InputsRequest,
): Promise<ReadInputs> {
  return readEach(declared, request, ([remedy, { options }]) => {
    const [first] = typedOf(options, request);
    if (first !== undefined && !remedies.has(remedy)) throw needs(`--${first}`, `--remedy ${remedy}`, request);
    return remedies.has(remedy) ? `--remedy ${remedy}` : undefined;
  });
}

/** Those for which something was typed, where no remedy is named. @throws NodemendError as `readInputs` */
export async function readInputsAtBootstrap(
  declared: readonly DeclaredInputs[],
  request: InputsRequest,
): Promise<ReadInputs> {
  return readEach(declared, request, ([, { options }]) => {
    const [first] = typedOf(options, request);
    return first === undefined ? undefined : `--${first}`;
  });
}

/** `why` says for which word the inputs of a remedy are read; undefined when they are not. */
async function readEach(
  declared: readonly DeclaredInputs[],
  request: InputsRequest,
  why: (remedy: readonly [string, RemedyInputs]) => string | undefined,
): Promise<ReadInputs> {
  const all = declared.map(async ({ problem, inputs }) => {
    const asked = Object.entries(inputs).flatMap(([remedy, declaration]) => {
      const because = why([remedy, declaration]);
      return because === undefined ? [] : [{ remedy, declaration, because }];
    });
    const read = await Promise.all(
      asked.map(async ({ remedy, declaration, because }) => [remedy, await readOne(declaration, because, request)]),
    );
    return [problem, Object.fromEntries(read)] as const;
  });
  return new Map(await Promise.all(all));
}

async function readOne({ options, read }: RemedyInputs, because: string, request: InputsRequest): Promise<unknown> {
  const missing = Object.entries(options).find(([name, { required }]) => required && !request.typed.has(name));
  if (missing !== undefined) throw needs(because, `--${missing[0]}`, request);
  const given = Object.entries(options).map(async ([name, option]) => [name, await givenValue(name, option, request)]);
  return read(Object.fromEntries(await Promise.all(given)), request.command);
}

async function givenValue(
  name: string,
  { kind }: InputOption,
  { typed, workingFolder }: InputsRequest,
): Promise<GivenValue | undefined> {
  const value = typed.get(name);
  if (kind === 'flag') return value === true;
  if (kind === 'values') return value === undefined || value === true ? [] : [value].flat();
  if (typeof value !== 'string') return undefined;
  return kind === 'file' ? givenFile(value, workingFolder) : value;
}

async function givenFile(name: string, workingFolder: string): Promise<GivenFile> {
  try {
    return { name, text: (await readNamedFile(resolve(workingFolder, name))).toString() };
  } catch (cause) {
    return { name, fault: cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown' };
  }
}

function typedOf(options: RemedyInputs['options'], { typed }: InputsRequest): readonly string[] {
  return Object.keys(options).filter((name) => typed.has(name));
}

function needs(typed: string, other: string, { command }: InputsRequest): NodemendError {
  return new NodemendError('USAGE', { context: 'needs', command, typed, other });
}
