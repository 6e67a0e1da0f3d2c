import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { readBundle, writeBundle } from './bundle.ts';
import { bundleSchema, evidenceJsonSchema, schemaIsTheType } from './evidence-schema.ts';
import { evidenceSchema, type Evidence } from './evidence.ts';
import { redactEvidence } from './redact-evidence.ts';
import { arbitraryEvidence } from './testing/arbitrary-evidence.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const fresh = (suffix = '.json'): string => join(folder, `${(count += 1)}${suffix}`);

const evidence: Evidence = {
  schema: evidenceSchema,
  collectedAt: '2026-11-24T09:31:00.000Z',
  collector: { version: '0.1.0' },
  scope: { via: 'ssh', targets: 'hosts', problems: ['container-logs'] },
  cluster: { state: 'not-looked-at', enable: '--kubeconfig' },
  nodes: [
    {
      name: 'worker-1',
      address: '10.0.0.1',
      api: { state: 'not-looked-at', enable: '--kubeconfig' },
      access: { state: 'unknown', reason: 'unreachable', detail: 'refused' },
      sections: {
        'disk/room': {
          state: 'seen',
          value: { exitCode: 0, encoding: 'utf8', output: 'one\n', errors: '', truncated: false },
        },
      },
    },
  ],
};

function withOutput(output: string): Evidence {
  const [node] = evidence.nodes;
  return {
    ...evidence,
    nodes: [
      {
        ...node!,
        sections: {
          'a/b': { state: 'seen', value: { exitCode: 0, encoding: 'utf8', output, errors: output, truncated: false } },
        },
      },
    ],
  };
}

/** A document with one field put to another value. */
function spoiled(path: readonly (string | number)[], value: unknown): string {
  const copy = structuredClone(evidence) as unknown as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1)!] = value;
  const file = fresh();
  writeFileSync(file, JSON.stringify(copy));
  return file;
}

describe('a bundle', () => {
  test('comes back as it was written, plain and compressed', async () => {
    const plain = fresh();
    const packed = fresh('.json.gz');
    await fc.assert(
      fc.asyncProperty(arbitraryEvidence, async (any) => {
        const written = redactEvidence(any);
        await writeBundle(plain, written);
        await writeBundle(packed, written);
        expect(await readBundle(plain)).toEqual(written);
        expect(await readBundle(packed)).toEqual(written);
      }),
      { numRuns: 60 },
    );
    expect(gunzipSync(readFileSync(packed)).equals(readFileSync(plain))).toBe(true);
  });

  test('has one line a node', async () => {
    const file = fresh();
    await writeBundle(file, { ...evidence, nodes: [...evidence.nodes, { ...evidence.nodes[0]!, name: 'worker-2' }] });
    const lines = readFileSync(file, 'utf8').split('\n');

    expect(lines).toHaveLength(5);
    expect(JSON.parse(lines[2]!)).toMatchObject({ name: 'worker-2' });
  });

  test('is for its owner alone, also in place of a file that was open to all', async () => {
    const file = fresh();
    writeFileSync(file, 'old', { mode: 0o644 });
    await writeBundle(file, evidence);

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('never follows a link and never replaces what is not a file', async () => {
    const file = fresh();
    const link = fresh();
    writeFileSync(file, 'old');
    symlinkSync(file, link);
    mkdirSync(join(folder, 'sub'));

    for (const path of [link, join(folder, 'sub')]) {
      await expect(writeBundle(path, evidence)).rejects.toMatchObject({ code: 'BUNDLE_NOT_WRITTEN', params: { path } });
    }
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  test.each([
    [join(folder, 'no-such-folder', 'x'), 'ENOENT'],
    [join(folder, 'a'.repeat(300)), 'ENAMETOOLONG'],
  ])('says why it cannot be written', async (path, problem) => {
    await expect(writeBundle(path, evidence)).rejects.toMatchObject({
      code: 'BUNDLE_NOT_WRITTEN',
      params: { problem },
    });
  });

  test('keeps the old file when it cannot be written whole', async () => {
    const file = fresh();
    await writeBundle(file, evidence);
    const circular = {
      ...evidence,
      nodes: [evidence.nodes[0]!, { ...evidence.nodes[0]!, address: 1n as unknown as string }],
    };

    await expect(writeBundle(file, circular)).rejects.toThrow(TypeError);
    expect(await readBundle(file)).toEqual(evidence);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('holds no secret, whatever it was given', async () => {
    const file = fresh();
    await writeBundle(file, withOutput('{"http-proxy":"http://kim:hunter2@proxy:1"}\nTOKEN=hunter2\n'));

    expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
  });
});

describe('reading what is not a bundle', () => {
  test.each([
    [['nodes', 0, 'access', 'reason'], 'tired', 'nodes[0].access.reason'],
    [['nodes', 0, 'sections', 'disk/room', 'value', 'exitCode'], '0', 'nodes[0].sections["disk/room"].value.exitCode'],
    [['nodes', 0, 'api', 'state'], 'maybe', 'nodes[0].api.state'],
    [['nodes'], [], 'nodes'],
    [['collectedAt'], 'yesterday', 'collectedAt'],
    [['scope', 'via'], undefined, 'scope.via'],
    [['schema'], 7, 'schema'],
  ] as const)('names the field: %j', async (path, value, named) => {
    await expect(readBundle(spoiled(path, value))).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      params: { problem: expect.stringMatching(new RegExp(`^${RegExp.escape(named)}: `)) as string },
    });
  });

  test.each(['', '[]', 'null', '{"a":1}', '{"schema":'])('%j', async (text) => {
    const file = fresh();
    writeFileSync(file, text);

    await expect(readBundle(file)).rejects.toMatchObject({ code: 'BUNDLE_INVALID', params: { path: file } });
  });

  test('never quotes the text, which may hold secrets', async () => {
    const file = fresh();
    writeFileSync(file, '{"schema": hunter2}');
    const wrong = spoiled(['scope', 'via'], 'hunter2');

    await expect(readBundle(file)).rejects.not.toThrow('hunter2');
    await expect(readBundle(wrong)).rejects.not.toThrow('hunter2');
  });

  test('knows its future', async () => {
    await expect(readBundle(spoiled(['schema'], 'nodemend.dev/evidence/v2'))).rejects.toMatchObject({
      code: 'BUNDLE_VERSION_UNKNOWN',
      params: { schema: 'nodemend.dev/evidence/v2' },
    });
  });

  test('takes fields that a newer release may have added', async () => {
    expect(await readBundle(spoiled(['nodes', 0, 'weather'], 'fine'))).toEqual(evidence);
  });

  test('a file that is not there, and a folder', async () => {
    await expect(readBundle(join(folder, 'none'))).rejects.toMatchObject({
      code: 'BUNDLE_UNREADABLE',
      params: { problem: 'ENOENT' },
    });
    await expect(readBundle(folder)).rejects.toMatchObject({ code: 'BUNDLE_UNREADABLE' });
  });

  test('compressed data that is damaged, cut off, or without end', async () => {
    const packed = gzipSync(JSON.stringify(evidence));
    const files = [packed.subarray(0, 100), Buffer.concat([packed.subarray(0, 50), Buffer.alloc(50, 255)])].map(
      (bytes) => {
        const file = fresh('.gz');
        writeFileSync(file, bytes);
        return file;
      },
    );
    const bomb = fresh('.gz');
    const blanks = gzipSync(Buffer.alloc(10_000_000, ' '));
    writeFileSync(bomb, Buffer.concat(Array<Buffer>(51).fill(blanks)));

    for (const file of files) await expect(readBundle(file)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
    await expect(readBundle(bomb)).rejects.toMatchObject({ code: 'BUNDLE_TOO_LARGE' });
  }, 60_000);

  test('more than one document can have', async () => {
    const file = fresh();
    writeFileSync(file, '');
    truncateSync(file, 501_000_000);

    await expect(readBundle(file)).rejects.toMatchObject({ code: 'BUNDLE_TOO_LARGE', params: { limit: 500 } });
  });
});

describe('the schema', () => {
  test('is the type, and accepts whatever has the type', () => {
    expect(schemaIsTheType).toBe(true);
    fc.assert(
      fc.property(arbitraryEvidence, (any) => {
        expect(bundleSchema.parse(any)).toEqual(any);
      }),
    );
  });

  test('is published as JSON Schema, by which others can check', () => {
    const published = evidenceJsonSchema();
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': true } }).compile(
      published,
    );

    fc.assert(
      fc.property(arbitraryEvidence, (any) => {
        expect(validate(any), JSON.stringify(validate.errors)).toBe(true);
      }),
    );
    expect(validate({ ...evidence, nodes: [{ ...evidence.nodes[0], access: { state: 'unknown' } }] })).toBe(false);
    expect(published).toMatchObject({
      $id: `https://${evidenceSchema}`,
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    });
  });
});
