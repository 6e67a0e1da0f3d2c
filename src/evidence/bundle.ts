import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { formFault, notJson, problemParams } from '../errors/form-fault.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import { evidenceSchema, type Evidence } from './evidence.ts';
import { byFact } from './older-sections.ts';
import { redactNode } from './redact-evidence.ts';
import { writeOutput } from '../files/write-output.ts';
import { printableJson } from '../text/printable.ts';
import { readNamedFile } from '../files/read-named-file.ts';

/** One document is one JavaScript string when it is read, and those end at 512 MB. */
const largestMegabytes = 500;
const largestBytes = largestMegabytes * 1_000_000;

/**
 * Writes evidence to a file that only its owner can read, with secrets masked; all of it or nothing. Compressed when
 * the name ends in `.gz`. One line a node, so that a bundle can be searched and compared with the usual tools.
 * @throws NodemendError BUNDLE_NOT_WRITTEN, BUNDLE_TOO_LARGE, PATH_UNSAFE
 */
export async function writeBundle(path: string, evidence: Evidence): Promise<void> {
  try {
    await writeOutput(path, bundleText(path, evidence), { mode: 0o600, gzip: path.endsWith('.gz') });
  } catch (error) {
    throw fileError('BUNDLE_NOT_WRITTEN', path, error);
  }
}

function* bundleText(path: string, evidence: Evidence): Generator<string> {
  let length = 0;
  const counted = (text: string): string => {
    length += Buffer.byteLength(text);
    if (length > largestBytes) throw new NodemendError('BUNDLE_TOO_LARGE', { path, limit: largestMegabytes });
    return text;
  };
  const { nodes, ...rest } = evidence;
  yield counted(`${printableJson(JSON.stringify(rest)).slice(0, -1)},"nodes":[`);
  for (const [index, node] of nodes.entries())
    yield counted(`${index === 0 ? '' : ','}\n${printableJson(JSON.stringify(redactNode(node)))}`);
  yield counted('\n]}\n');
}

/**
 * Reads a bundle back, compressed or not.
 * @throws NodemendError BUNDLE_UNREADABLE, BUNDLE_TOO_LARGE, BUNDLE_INVALID with the path of the field that is wrong,
 * BUNDLE_VERSION_UNKNOWN
 */
export async function readBundle(path: string): Promise<Evidence> {
  return checked(path, parse(path, await readText(path)));
}

async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isGzip ? await unzipped(path, bytes) : bytes).toString('utf8');
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readNamedFile(path, largestMegabytes);
  } catch (error) {
    throw fileError('BUNDLE_UNREADABLE', path, error);
  }
}

/** A few kilobytes can unpack to terabytes: the limit is of what comes out. */
async function unzipped(path: string, bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: largestBytes });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new NodemendError('BUNDLE_TOO_LARGE', { path, limit: largestMegabytes });
    throw new NodemendError('BUNDLE_INVALID', { path, ...problemParams({ key: 'form.damaged' }) }, { cause: error });
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NodemendError('BUNDLE_INVALID', { path, ...problemParams(notJson(error)) });
  }
}

async function checked(path: string, document: unknown): Promise<Evidence> {
  const schema =
    typeof document === 'object' && document !== null && 'schema' in document ? document.schema : undefined;
  if (typeof schema === 'string' && schema !== evidenceSchema && schema.startsWith('nodemend.dev/evidence/')) {
    throw new NodemendError('BUNDLE_VERSION_UNKNOWN', { path, schema });
  }
  // Loaded when it is needed: most commands never read a bundle.
  const { bundleSchema } = await import('./evidence-schema.ts');
  const result = bundleSchema.safeParse(document);
  if (result.success) return withFacts(result.data);
  throw new NodemendError('BUNDLE_INVALID', { path, ...problemParams(formFault(result.error.issues)) });
}

/** 0.1 named sections by the problem that read them. */
function withFacts(evidence: Evidence): Evidence {
  return { ...evidence, nodes: evidence.nodes.map((node) => ({ ...node, sections: byFact(node.sections) })) };
}

function fileError(code: 'BUNDLE_NOT_WRITTEN' | 'BUNDLE_UNREADABLE', path: string, error: unknown): unknown {
  if (error instanceof NodemendError) return error;
  const { code: system } = error as NodeJS.ErrnoException;
  if (system === undefined) return error;
  if (system === 'LARGER_THAN_500_MB') return new NodemendError('BUNDLE_TOO_LARGE', { path, limit: largestMegabytes });
  return new NodemendError(code, { path, problem: system }, { cause: error });
}
