import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { defaultConfigPath, readContainerdConfig } from './containerd-config.ts';

const path = '/etc/containerd/config.toml';
const read = (...texts: readonly string[]): ReturnType<typeof readContainerdConfig> =>
  readContainerdConfig(
    texts.map((text, index) => ({ path: index === 0 ? path : `/etc/containerd/conf.d/${index}.toml`, text })),
  );

describe('the registry table, in every form that releases have', () => {
  test.each([
    ['version 1', '[plugins.cri.registry]\nconfig_path = "/certs"\n'],
    ['version 2', 'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/certs"\n'],
    ['version 3', "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = '/certs'\n"],
    ['with points', '[plugins]\n"io.containerd.grpc.v1.cri".registry.config_path = "/certs"\n'],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual({
      state: 'read',
      settings: { file: path, configPath: ['/certs'], mirrors: [], tls: [] },
    });
  });

  test('several folders, the old tables, and nothing at all', () => {
    const cri = '[plugins."io.containerd.grpc.v1.cri".registry]\n';
    expect(read(`${cri}config_path = "/a:/b:"\n`)).toMatchObject({ settings: { configPath: ['/a', '/b'] } });
    expect(
      read(
        `${cri}[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]\nendpoint = ["https://m"]\n` +
          '[plugins."io.containerd.grpc.v1.cri".registry.configs."m".tls]\nca_file = "/m.crt"\n' +
          '[plugins."io.containerd.grpc.v1.cri".registry.configs."n".auth]\nauth = "***"\n',
      ),
    ).toMatchObject({ settings: { configPath: [], mirrors: ['docker.io'], tls: ['m'] } });
    expect(read('version = 2\n')).toEqual({
      state: 'read',
      settings: { file: path, configPath: [], mirrors: [], tls: [] },
    });
    expect(read()).toMatchObject({ state: 'read', settings: { configPath: [] } });
  });

  test('an imported file says it; two that both have the table are for nobody to join', () => {
    const cri = '[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/certs"\n';
    expect(read('imports = ["/etc/containerd/conf.d/*.toml"]\n', cri)).toMatchObject({
      settings: { file: '/etc/containerd/conf.d/1.toml', configPath: ['/certs'] },
    });
    expect(read('[plugins."io.containerd.grpc.v1.cri"]\n', cri)).toEqual({
      state: 'split',
      file: '/etc/containerd/conf.d/1.toml',
    });
  });

  test.each([
    ['no TOML', '[plugins\n'],
    ['a line that is none', '?\n'],
    ['a table that is a text', '[plugins."io.containerd.grpc.v1.cri"]\nregistry = "***"\n'],
    ['a path that is none', '[plugins.cri.registry]\nconfig_path = 1\n'],
    ['plugins that are none', 'plugins = 1\n'],
  ])('%s is not read', (_, text) => {
    expect(read(text)).toEqual({ state: 'unread', file: path });
  });

  test('whatever stands in it, it is read or it is not, and a path that is written is found', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc
            .array(
              fc.constantFrom('[plugins.cri.registry]', 'config_path = "/x"', '?', 'registry = "***"', '"""', '[', ']'),
              { maxLength: 6 },
            )
            .map((lines) => lines.join('\n')),
        ),
        (text) => void read(text),
      ),
    );
    const folder = fc
      .string({ unit: fc.constantFrom('a', '/', '"', '\\', ' ', '#', 'é', '\t'), minLength: 1 })
      .map((name) => `/${name}`);
    fc.assert(
      fc.property(
        fc.array(folder, { minLength: 1, maxLength: 3 }),
        fc.dictionary(fc.string(), fc.string()),
        (folders, other) => {
          const text = stringify({
            version: 2,
            other,
            plugins: { 'io.containerd.grpc.v1.cri': { registry: { config_path: folders.join(':') } } },
          });
          expect(read(text)).toMatchObject({ settings: { configPath: folders } });
        },
      ),
    );
  });
});

test.each([
  ['1.6.21', []],
  ['2.1.4', []],
  ['v2.2.0', ['/etc/containerd/certs.d', '/etc/docker/certs.d']],
  ['2.10.0-rc.1', ['/etc/containerd/certs.d', '/etc/docker/certs.d']],
  ['3.0.0', ['/etc/containerd/certs.d', '/etc/docker/certs.d']],
  [undefined, undefined],
  ['dev', undefined],
])('the default of %s', (version, folders) => {
  expect(defaultConfigPath(version)).toEqual(folders);
});
