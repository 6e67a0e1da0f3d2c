import { expect, test } from 'vitest';
import { readContainerdConfig } from './containerd-config.ts';
import { endpointsOf, type OldRegistries } from './old-registries.ts';

const cri = 'plugins."io.containerd.grpc.v1.cri".registry';

function read(...lines: readonly string[]): OldRegistries {
  const config = readContainerdConfig([{ path: '/etc/containerd/config.toml', text: lines.join('\n') }]);
  if (config.state !== 'read' || config.settings.old === undefined) throw new Error('no tables');
  return config.settings.old;
}

const places = (old: OldRegistries, registry: string): readonly string[] =>
  endpointsOf(old, registry).map(({ scheme, host, path }) => `${scheme}://${host}${path}`);

test('endpoints in their order, the registry itself last where none is it, and `*` for all that have none of their own', () => {
  const old = read(
    `[${cri}.mirrors."docker.io"]`,
    'endpoint = ["https://mirror.example", "http://plain.example:5000/v2/hub", "registry-1.docker.io"]',
    `[${cri}.mirrors."*"]`,
    'endpoint = ["mirror.example", "localhost:5000", "not an address"]',
  );
  expect(places(old, 'docker.io')).toEqual([
    'https://mirror.example',
    'http://plain.example:5000/v2/hub',
    'https://registry-1.docker.io',
  ]);
  expect(endpointsOf(old, 'docker.io').map(({ isRegistry }) => isRegistry)).toEqual([false, false, true]);
  expect(places(old, 'quay.io')).toEqual(['https://mirror.example', 'http://localhost:5000', 'https://quay.io']);
});

test('TLS and whether there is a login, by the endpoint’s host; of the login nothing is kept', () => {
  const old = read(
    `[${cri}.mirrors."registry.k8s.io"]`,
    'endpoint = ["https://mirror.example:8443"]',
    `[${cri}.configs."mirror.example:8443".tls]`,
    'ca_file = "/etc/ca.crt"',
    'cert_file = "/etc/client.crt"',
    'key_file = "/etc/client.key"',
    `[${cri}.configs."mirror.example:8443".auth]`,
    'username = "robot"',
    'password = "hunter2"',
    `[${cri}.configs."registry.k8s.io".tls]`,
    'insecure_skip_verify = true',
    'cert_file = "/etc/alone.crt"',
  );
  expect(endpointsOf(old, 'registry.k8s.io')).toMatchObject([
    { tls: { ca: '/etc/ca.crt', certificate: '/etc/client.crt', key: '/etc/client.key' }, hasLogin: true },
    { isRegistry: true, tls: { skipVerify: true }, hasLogin: false },
  ]);
  expect(JSON.stringify([...old.hosts])).not.toMatch(/robot|hunter2/u);
});
