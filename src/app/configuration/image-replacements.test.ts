import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { namesThatMoved } from './image-replacements.ts';
import { parseConfiguration } from './parse.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-map-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bitnami = { from: 'docker.io/bitnami', to: 'docker.io/bitnamilegacy' };
function map(text: string): string {
  writeFileSync(join(folder, 'map.yaml'), text);
  return 'map.yaml';
}

describe('a table that cannot be used is refused with its line', () => {
  test.each([
    [
      'imageReplacements:\n- from: docker.io/bitnami\n  to: bitnamilegacy\n',
      {
        code: 'REPLACEMENT_INVALID',
        params: {
          context: 'registry',
          line: 3,
          value: 'bitnamilegacy',
          key: 'imageReplacements[0].to',
          path: 'map.yaml',
        },
      },
    ],
    [
      'imageReplacements:\n- {from: docker.io/a, to: docker.io/b}\n- from: docker.io/a\n  to: docker.io/c\n',
      { code: 'REPLACEMENT_INVALID', params: { context: 'twice', line: 3 } },
    ],
    ['imageReplacements: []\n', { code: 'YAML_VALUE_INVALID' }],
    ['', { code: 'YAML_VALUE_INVALID' }],
    ['replacements: []\n', { code: 'YAML_KEY_UNKNOWN' }],
    ['docker.io/bitnami: docker.io/bitnamilegacy\n', { code: 'YAML_KEY_UNKNOWN' }],
    ['imageReplacements:\n- from: docker.io/a\n', { code: 'YAML_VALUE_INVALID' }],
    ['imageReplacements: [', { code: 'YAML_SYNTAX_INVALID' }],
  ])('%j', async (text, error) => {
    await expect(namesThatMoved({}, map(text), folder)).rejects.toMatchObject(error);
  });

  test('and a file that is not there', async () => {
    await expect(namesThatMoved({}, 'none.yaml', folder)).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      params: { path: 'none.yaml', fault: 'ENOENT' },
    });
  });

  test('in the configuration as well, before anything is done', () => {
    const text = 'via: ssh\nimageReplacements:\n  - from: docker.io/bitnami\n    to: docker.io/bitnami\n';
    expect(() => parseConfiguration({ path: 'nodemend.yaml', text })).toThrow(
      expect.objectContaining({
        code: 'REPLACEMENT_INVALID',
        params: expect.objectContaining({ context: 'same', line: 4, path: 'nodemend.yaml' }) as unknown,
      }),
    );
  });
});

test('the file goes before the configuration, and neither undoes the other', async () => {
  const text = 'imageReplacements:\n- {from: docker.io/bitnami, to: new.example/own}\n';
  const names = await namesThatMoved(
    { imageReplacements: [bitnami, { from: 'docker.io/a', to: 'docker.io/b' }] },
    map(text),
    folder,
  );
  expect(names.successorOf('bitnami/redis:7')).toMatchObject({
    action: 'change',
    reference: 'new.example/own/redis:7',
  });
  expect(names.successorOf('a/x')).toMatchObject({ action: 'change', reference: 'b/x' });

  const back = namesThatMoved(
    { imageReplacements: [bitnami] },
    map('imageReplacements:\n- {from: docker.io/x, to: docker.io/bitnami/x}\n'),
    folder,
  );
  await expect(back).rejects.toMatchObject({ code: 'REPLACEMENT_INVALID', params: { context: 'again' } });
});
