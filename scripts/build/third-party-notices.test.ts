import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { thirdPartyNotices } from './third-party-notices.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nodemend-notices-'));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function makePackage(path: string, name: string, licence: string | undefined): string {
  const folder = join(scratch, 'node_modules', path);
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', license: 'MIT' }));
  if (licence !== undefined) writeFileSync(join(folder, 'LICENCE.md'), `${licence}\n`);
  return join(folder, 'lib/index.js');
}

it('names each package once, nested ones too, with the words of its licence, in one order', () => {
  const modules = [
    makePackage('@b/c', '@b/c', 'words of c'),
    makePackage('a', 'a', 'words of a'),
    join(scratch, 'node_modules/a/lib/other.js'),
    makePackage('a/node_modules/d', 'd', 'words of d'),
    join(scratch, 'src/own.ts'),
  ];

  const text = thirdPartyNotices(modules);

  expect(text.match(/^.* 1\.2\.3 \(MIT\)$/gm)).toEqual(['@b/c 1.2.3 (MIT)', 'a 1.2.3 (MIT)', 'd 1.2.3 (MIT)']);
  expect(text).toContain('a 1.2.3 (MIT)\n\nwords of a\n');
  expect(thirdPartyNotices(modules.toReversed())).toBe(text);
});

it('names a project whose file the checkout keeps', () => {
  const folder = join(scratch, 'src/rules');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'r', version: '4.5.6', license: 'MIT' }));
  writeFileSync(join(folder, 'LICENSE'), 'words of r\n');

  expect(thirdPartyNotices([join(folder, 'rules.json'), join(scratch, 'src/own.ts')])).toContain(
    'r 4.5.6 (MIT)\n\nwords of r\n',
  );
});

it('refuses a package without a licence', () => {
  const module = makePackage('bare', 'bare', undefined);

  expect(() => thirdPartyNotices([module])).toThrow('bare has no licence file; it cannot be bundled');
});
