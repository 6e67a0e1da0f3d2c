import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { NodeEvidence } from '../evidence/evidence.ts';
import { containerdImages } from '../runtimes/containerd/images.ts';
import { imagesOn, runtimeView } from './runtime-view.ts';

const printed = readFileSync(join(import.meta.dirname, 'fixtures/containerd-2.4.2.containerd-images.txt'), 'utf8');

function nodeOf(output: string): NodeEvidence {
  const api = { state: 'seen', value: { containerRuntimeVersion: 'containerd://2.4.2' } };
  const section = { exitCode: 0, encoding: 'utf8', output, truncated: false };
  return {
    name: 'worker-1',
    api,
    access: { state: 'seen', value: {} },
    sections: { [containerdImages.key]: { state: 'seen', value: section } },
  } as unknown as NodeEvidence;
}

test('what containerd keeps is taken apart once for a node, however much asks for it', () => {
  const parse = vi.spyOn(containerdImages, 'parse');
  const node = nodeOf(printed);

  const views = [runtimeView(node, undefined), runtimeView(node, undefined)];

  expect(views[1]?.store).toBe(imagesOn(node));
  expect(views[0]?.store).toMatchObject({ state: 'seen', value: { runtime: 'containerd' } });
  expect(parse).toHaveBeenCalledTimes(1);
  parse.mockRestore();
});

test.each(['record x', 'used 1 container a', 'constructor x', '', 'machine a b'])(
  'a list with the line %j is none: what is not understood is unknown',
  (line) => {
    expect(imagesOn(nodeOf(`${printed}${line}\n`))).toMatchObject({ state: 'unknown', reason: 'malformed' });
  },
);

test('a name that is said to be an id which no line tells makes the list unknown', () => {
  const digest = `sha256:${'a'.repeat(64)}`;

  expect(imagesOn(nodeOf(`machine x86_64\nrecord ${digest} - - docker.io/x:1\nalso =\n`))).toMatchObject({
    state: 'unknown',
    reason: 'malformed',
  });
});

test('of a list into which an image has put lines nothing is known, and least of all that there are no images', () => {
  expect(imagesOn(nodeOf('machine x86_64\nmuddled\n'))).toMatchObject({
    state: 'unknown',
    reason: 'malformed',
    detail: expect.stringContaining('lines that are not those of containerd') as string,
  });
});
