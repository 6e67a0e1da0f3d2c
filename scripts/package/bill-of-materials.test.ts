import { Ajv } from 'ajv';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { billOfMaterials } from './bill-of-materials.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nodemend-bill-'));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function makePackage(name: string, license: string): string {
  const folder = join(scratch, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', license }));
  return join(folder, 'index.js');
}

const modules = [makePackage('b', 'MIT'), makePackage('@a/c', '(MIT OR Apache-2.0)'), join(scratch, 'src/own.ts')];
const beside = [{ name: 'libc6', version: '2.36-9', purl: 'pkg:deb/debian/libc6@2.36-9?arch=amd64' }];

it('lists whose code is in the bundle and what is beside it, in one order', () => {
  const bill = billOfMaterials([...modules, modules[0] ?? ''], beside);
  const { metadata, components } = JSON.parse(bill) as {
    readonly metadata: { readonly component: { readonly name: string } };
    readonly components: readonly { readonly purl: string; readonly licenses?: unknown }[];
  };

  expect(metadata.component.name).toBe('nodemend');
  expect(components.map(({ purl, licenses }) => [purl, licenses])).toEqual(
    expect.arrayContaining([
      ['pkg:npm/%40a/c@1.2.3', [{ license: { name: '(MIT OR Apache-2.0)' } }]],
      ['pkg:npm/b@1.2.3', [{ license: { id: 'MIT' } }]],
      ['pkg:deb/debian/libc6@2.36-9?arch=amd64', undefined],
    ]),
  );
  expect(components).toHaveLength(3);
  expect(billOfMaterials(modules.toReversed(), beside)).toBe(bill);
});

it("is what CycloneDX's own schema takes", () => {
  const schemas = join(import.meta.dirname, '../../node_modules/@cyclonedx/cyclonedx-library/res/schema');
  // They name each other by the names of these files.
  const schema = (name: string): object => ({
    ...(JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object),
    $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
  });
  const ajv = new Ajv({ strict: false, validateFormats: false, schemas: [schema('spdx'), schema('jsf-0.82')] });
  const validate = ajv.compile(schema('bom-1.6'));

  expect(validate(JSON.parse(billOfMaterials(modules, beside))), JSON.stringify(validate.errors)).toBe(true);
});
