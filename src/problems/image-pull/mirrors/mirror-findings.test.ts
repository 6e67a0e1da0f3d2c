import { describe, expect, test } from 'vitest';
import { mirrorEvidence, withConfigPath, type MirrorNode } from '../testing/mirror-fixtures.ts';
import { mirrorFindings } from './mirror-findings.ts';

const folder = '/etc/containerd/certs.d/docker.io';
const mirror = '[host."https://mirror.example"]\ncapabilities = ["pull", "resolve"]\n';
const rules = (fixture: MirrorNode): readonly string[] =>
  mirrorFindings(mirrorEvidence(fixture)).map(({ rule }) => rule);
const nks = { kubeletVersion: 'v1.34.1', labels: { 'magnum.openstack.org/nodegroup': 'default-worker' } };

describe('quiet', () => {
  test.each<[string, MirrorNode]>([
    [
      'a containerd that looks there by default',
      { config: 'version = 3\n', hosts: { [folder]: mirror }, api: { containerRuntimeVersion: 'containerd://2.2.0' } },
    ],
    [
      'one whose default is not known',
      { config: 'version = 2\n', hosts: { [folder]: mirror }, api: { containerRuntimeVersion: 'containerd://dev' } },
    ],
    [
      'the old table alone',
      {
        config:
          'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]\nendpoint = ["https://m"]\n',
      },
    ],
    ['a folder with certificates alone', { config: 'version = 2\n', hosts: { [folder]: null } }],
    [
      'a server that is the registry itself',
      {
        hosts: {
          '/etc/containerd/certs.d/registry.example_5000_': 'server = "https://registry.example:5000"\n',
          [folder]: 'server = "https://registry-1.docker.io"\n',
        },
      },
    ],
    [
      'a server alone with containerd 2',
      {
        hosts: { [folder]: 'server = "https://mirror.example"\n' },
        api: { containerRuntimeVersion: 'containerd://2.1.0' },
      },
    ],
    ['a change since the start of what says nothing of registries', { config: 'version = 2\n', changed: 60 }],
    [
      'NKS’s file before 1.34',
      { more: 'registry-config /etc/containerd/registry-config.json\n', api: { ...nks, kubeletVersion: 'v1.33.4' } },
    ],
    [
      'NKS’s file beside a hosts.toml',
      { more: 'registry-config /etc/containerd/registry-config.json\n', hosts: { [folder]: mirror }, api: nks },
    ],
    [
      'NKS’s file where nobody is NKS',
      { more: 'registry-config /etc/containerd/registry-config.json\n', api: { kubeletVersion: 'v1.34.1' } },
    ],
    ['another runtime', { api: { containerRuntimeVersion: 'cri-o://1.30.0' }, hosts: { [folder]: '?\n' } }],
  ])('%s', (_, fixture) => {
    expect(rules(fixture)).toEqual(['mirrors-fine']);
  });
});

describe('unknown, never fine', () => {
  test.each<[string, MirrorNode]>([
    ['a configuration that is not TOML', { config: '?\n' }],
    ['one that is too large', { more: 'large /etc/containerd/config.toml\n' }],
    [
      'two files that both have the table',
      { imported: '[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/x"\n' },
    ],
    ['a section of another form', { more: 'something else\n' }],
  ])('%s', (_, fixture) => {
    expect(mirrorFindings(mirrorEvidence(fixture))).toMatchObject([
      { rule: 'mirrors-unknown', status: 'unknown', reason: 'malformed' },
    ]);
  });

  test('a node that was not looked at is nobody’s finding here', () => {
    expect(mirrorFindings(mirrorEvidence({}, {}))).toEqual([]);
  });
});

test('each fault is told once, with the first place, beside the others', () => {
  const hosts = {
    [folder]: `${mirror}[host."https://harbor.example/v2/hub"]\ncapabilities = ["pull"]\n`,
    '/etc/containerd/certs.d/quay.io': '[host."https://q.example"]\ncapabilities = ["pull"]\n',
  };

  expect(mirrorFindings(mirrorEvidence({ hosts }))).toMatchObject([
    {
      rule: 'override-path-missing',
      text: { params: { path: `${folder}/hosts.toml`, url: 'https://harbor.example/v2/hub' } },
    },
    {
      rule: 'resolve-missing',
      text: { params: { path: `${folder}/hosts.toml`, url: 'https://harbor.example/v2/hub' } },
    },
  ]);
});

test('what is set is told in JSON, of containerd and of dockerd', () => {
  expect(mirrorFindings(mirrorEvidence({ hosts: { [folder]: mirror } }))).toMatchObject([
    { facts: { mirrors: ['docker.io https://mirror.example'] } },
  ]);
  const config = withConfigPath.replace(
    'config_path = "/etc/containerd/certs.d"\n',
    '[plugins."io.containerd.grpc.v1.cri".registry.mirrors."quay.io"]\nendpoint = ["https://q"]\n',
  );
  expect(mirrorFindings(mirrorEvidence({ config }))).toMatchObject([{ facts: { mirrors: ['quay.io'] } }]);
  const file = '{"registry-mirrors": ["https://m.example"]}';
  const docker =
    `running 3600\nservice docker.service\nfile 81a4 0 0 ${file.length} 1 /etc/docker/daemon.json\n` +
    `now 1790000000\nsum ${'0'.repeat(64)}\n\n${file}`;
  expect(
    mirrorFindings(mirrorEvidence({ api: { containerRuntimeVersion: 'docker://20.10.24' }, docker })),
  ).toMatchObject([{ rule: 'mirrors-fine', facts: { mirrors: ['docker.io https://m.example'] } }]);
});
