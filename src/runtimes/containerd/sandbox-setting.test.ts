import { expect, test } from 'vitest';
import { sandboxSetting } from './sandbox-setting.ts';

const config = (...texts: readonly string[]) =>
  texts.map((text, index) => ({
    path: index === 0 ? '/etc/containerd/config.toml' : `/etc/containerd/conf.d/${index}.toml`,
    text,
  }));
const v1 = '[plugins.cri]\nsandbox_image = "a.test/pause:1"\n';
const v2 = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "a.test/pause:2"\n';
const v3 = "version = 3\n[plugins.'io.containerd.cri.v1.images'.pinned_images]\nsandbox = 'a.test/pause:3'\n";

const other = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nx = 1\n';
const unversioned = '[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "a.test/pause:9"\n';
const empty = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = ""\n';
const beside = 'imports = ["conf.d/*.toml"]\n';
const imports = 'imports = ["/etc/containerd/conf.d/*.toml"]\n';

test.each([
  ['version 1', config(v1), '1.6.21', 'a.test/pause:1'],
  ['version 2', config(v2), '1.6.21', 'a.test/pause:2'],
  ['version 2, which containerd 2 migrates', config(v2), '2.2.0', 'a.test/pause:2'],
  ['version 3', config(v3), '2.2.0', 'a.test/pause:3'],
  [
    'an import that alone says it',
    config('version = 2\nimports = ["conf.d/*.toml"]\n', v2),
    '1.7.24',
    'a.test/pause:2',
  ],
  ['the key of another version is none', config(`version = 2\n${v1}`), '1.7.24', 'registry.k8s.io/pause:3.8'],
  ['no file', [], '1.6.8', 'k8s.gcr.io/pause:3.6'],
  ['no file', [], '1.6.9', 'registry.k8s.io/pause:3.6'],
  ['no file, as Debian calls it', [], '1.6.20~ds1', 'registry.k8s.io/pause:3.6'],
  [
    'nothing is not a name',
    config('version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = ""\n'),
    '2.1.5',
    'registry.k8s.io/pause:3.10',
  ],
  ['two that say the same', config(v2, v2), '1.6.21', 'a.test/pause:2'],
  ['a later table takes the whole place of an earlier one', config(v2, other), '1.6.21', 'registry.k8s.io/pause:3.6'],
  ['a later table is merged into an earlier one', config(v2, other), '2.0.0', 'a.test/pause:2'],
  ['an import without a version has that of the main file', config(v2, unversioned), '1.6.21', 'a.test/pause:9'],
  ['and is brought to the newest one by itself', config(v2, unversioned), '2.4.2', 'a.test/pause:9'],
  ['imports of its own that the main file has as well', config(imports + v2, imports + v2), '1.7.24', 'a.test/pause:2'],
  ['an empty text, merged, is the default', config(v2, empty), '2.4.2', 'registry.k8s.io/pause:3.10.2'],
  ['an empty text, where 1.x takes it as it is', config(empty), '1.6.21', ''],
  ['no release known, and all come to the same', config(v2), undefined, 'a.test/pause:2'],
  ['no release known, and a form of 2.x alone', config(v3), undefined, 'a.test/pause:3'],
])('%s', (_what, files, version, image) => {
  expect(sandboxSetting(files, version)).toMatchObject({ state: 'known', image });
});

test.each([
  ['not TOML', config('version = \n'), '1.6.21', 'unread'],
  [
    'a name of another kind',
    config('version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = 3\n'),
    '1.6.21',
    'unread',
  ],
  ['a default that is not known', [], '9.0.0', 'version'],
  ['no version', [], undefined, 'version'],
  // Replaced, the later table has the default; merged, the first file's name stays.
  ['two tables that releases put together in different ways', config(v2, other), undefined, 'split'],
  ['several versions, of which 2.0 to 2.2 take one for all', config(v2, v3), '2.2.0', 'split'],
  ['a table of an older version in a newer file', config(`version = 3\n${unversioned}`), '2.2.0', 'split'],
  ['one table by two names', config(`version = 3\n${unversioned}${v3.slice(12)}`), '2.4.2', 'split'],
  ['an import that imports', config(v2, imports + v2), '2.4.2', 'unread'],
  ['a pattern beside the file, before it was looked for there', config(beside + v2, unversioned), '1.6.21', 'split'],
  ['more imports than are shown', config(v2, ...Array<string>(20).fill('')), '1.6.21', 'unread'],
  ['a version that is not known', config('version = 5\n'), '2.4.2', 'unread'],
])('%s', (_what, files, version, state) => {
  expect(sandboxSetting(files, version)).toEqual({ state });
});
