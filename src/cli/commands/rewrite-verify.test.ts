import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOf, emptyLayer, makeImage } from '../../../testbed/fakes/docker-hub/images.ts';
import { serveInternet } from '../../../testbed/fakes/docker-hub/serve-internet.ts';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-verify-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const image = (repository: string, tag: string, isPrivate = false) =>
  makeImage({ repository, tag, layer: emptyLayer, private: isPrivate });
const moved = image('o/r/moved', '1');
const images = [
  moved,
  image('o/again', '2'),
  image('o/r/secret', '1', true),
  image('pause', '3.2'),
  image('flannel-io/flannel', 'v0.15.1'),
  image('flannel-io/flannel-cni-plugin', 'v1.0.0'),
];
const pod = (written: string): string => `kind: Pod\napiVersion: v1\nspec: {containers: [{image: "${written}"}]}\n`;

interface Asked extends CommandEnd {
  readonly references: readonly (readonly [string, string | null, string])[];
  readonly asked: readonly string[];
  readonly after: string;
}

async function verify(
  text: string,
  { names = ['ghcr.io', 'registry.k8s.io'], options = [] as readonly string[] } = {},
): Promise<Asked> {
  const { environment, asked } = await serveInternet(names, { images });
  writeFileSync(join(folder, 'x.yaml'), text);
  const end = await runInProcess(['rewrite', '--verify', '-o', 'json', ...options, '.'], {
    workingFolder: folder,
    environment,
    columns: 200,
  });
  const { references } = JSON.parse(end.data) as {
    references: readonly { old: string; new: string | null; action: string; reason: string }[];
  };
  return {
    ...end,
    references: references.map((one) => [one.action, one.new, one.reason]),
    asked,
    after: readFileSync(join(folder, 'x.yaml'), 'utf8'),
  };
}

test('what is there under the new name is changed', async () => {
  const { code, references, after } = await verify(pod('docker.pkg.github.com/O/R/Moved:1'), { options: ['--write'] });

  expect(references).toEqual([['change', 'ghcr.io/o/r/moved:1', 'retired-registry']]);
  expect([code, after]).toEqual([0, pod('ghcr.io/o/r/moved:1')]);
});

test('what its owner published again is found under its name of two parts', async () => {
  expect((await verify(pod('docker.pkg.github.com/o/r/again:2'))).references).toEqual([
    ['change', 'ghcr.io/o/again:2', 'retired-registry'],
  ]);
  expect(
    (await verify(pod('docker.pkg.github.com/o/r/moved:1'), { options: ['--layout', 'owner/image'] })).references,
  ).toEqual([['change', 'ghcr.io/o/r/moved:1', 'retired-registry']]);
});

test('of Flannel the name and the tag that ghcr.io has are looked up', async () => {
  const { references, asked } = await verify(
    [
      pod('quay.io/coreos/flannel:v0.15.1'),
      pod('quay.io/coreos/flannel:v0.15.1-amd64'),
      pod('quay.io/coreos/flannel-cni:v0.3.0'),
      pod('quay.io/coreos/flannel'),
    ].join('---\n'),
  );

  expect(references).toEqual([
    ['change', 'ghcr.io/flannel-io/flannel:v0.15.1', 'retired-registry'],
    ['change', 'ghcr.io/flannel-io/flannel:v0.15.1', 'retired-registry'],
    // There is a `flannel-cni-plugin`, which is another thing.
    ['report', 'ghcr.io/flannel-io/flannel-cni:v0.3.0', 'not-verified'],
    ['report', null, 'names-differ'],
  ]);
  expect(new Set(asked)).toEqual(new Set(['ghcr.io:443']));
});

test('a digest that the new registry serves is good there', async () => {
  const digest = digestOf(moved.manifest);

  expect((await verify(pod(`docker.pkg.github.com/o/r/moved@${digest}`))).references).toEqual([
    ['change', `ghcr.io/o/r/moved@${digest}`, 'retired-registry'],
  ]);
});

test('what is not there, or cannot be seen, is told and not changed', async () => {
  const absent = await verify(pod('k8s.gcr.io/pause:9.9'), { options: ['--write'] });
  const hidden = await verify(pod('docker.pkg.github.com/o/r/secret:1'));

  // Without a login Docker Hub and its like hide what is not there, and a repository that is there has no such tag.
  expect(absent.references).toEqual([['report', 'registry.k8s.io/pause:9.9', 'not-there']]);
  expect([absent.code, absent.after]).toEqual([0, pod('k8s.gcr.io/pause:9.9')]);
  expect(hidden.references).toEqual([['report', 'ghcr.io/o/r/secret:1', 'not-verified']]);
  expect(hidden.code).toBe(5);
});

test('registry and repository that stand apart are asked for together, and so is a tag that stands elsewhere', async () => {
  const { references } = await verify(
    'image: {registry: k8s.gcr.io, repository: pause, tag: "3.2"}\nother: {registry: k8s.gcr.io, repository: nothing}\n',
  );

  expect(references).toEqual([
    ['change', 'registry.k8s.io', 'retired-registry'],
    ['report', 'registry.k8s.io/nothing', 'not-verified'],
  ]);
});

test('each reference is asked for once, and a registry that cannot be asked is named once', async () => {
  const text = [pod('k8s.gcr.io/a:1'), pod('k8s.gcr.io/a:1'), pod('k8s.gcr.io/b:1')].join('---\n');
  const { code, notes, references, asked } = await verify(text, { names: ['ghcr.io'] });

  expect(references.map(([action, , reason]) => [action, reason])).toEqual(
    Array.from({ length: 3 }, () => ['report', 'not-verified']),
  );
  expect(asked).toEqual(['registry.k8s.io:443', 'registry.k8s.io:443']);
  expect(notes.match(/REGISTRY_UNREACHABLE/gu)).toHaveLength(1);
  expect(code).toBe(5);
});
