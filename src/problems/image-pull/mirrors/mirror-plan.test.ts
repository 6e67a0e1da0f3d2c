import { describe, expect, test } from 'vitest';
import type { ActionSpec } from '../../../actions/action-kinds.ts';
import { actionKind, actionSchema } from '../../../actions/action-kinds.ts';
import { sha256 } from '../../../hash/sha256.ts';
import { parseMirror, type Mirror } from './mirror.ts';
import { fingerprint } from '../../kit/fingerprint.ts';
import type { ProblemPlan } from '../../problem.ts';
import { diagnose } from '../diagnose.ts';
import { problemId } from '../finding.ts';
import { plan } from '../plan.ts';
import { mirrorEvidence, withConfigPath, type MirrorNode } from '../testing/mirror-fixtures.ts';

const folder = '/etc/containerd/certs.d/docker.io';

function mirror(text = 'docker.io=https://mirror.example:5000', more: Partial<Mirror> = {}): Mirror {
  const parsed = parseMirror(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return { ...parsed, isOnly: false, ...more };
}

function planned(
  fixture: MirrorNode,
  mirrors: readonly Mirror[] = [mirror()],
  remedies: readonly string[] = ['mirror'],
  evidence = mirrorEvidence(fixture),
): ProblemPlan {
  return plan({ evidence, findings: diagnose(evidence), remedies: new Set(remedies), inputs: { mirror: mirrors } });
}

const told = ({ actions, refused }: ProblemPlan): readonly string[] => [
  ...actions.map((action) => `${action.kind} ${actionKind(action.kind).subject(action)}`),
  ...refused.map(({ key }) => key),
];
const content = (action: ActionSpec | undefined): string =>
  action?.kind === 'file' && action.to !== 'absent' ? action.to.content : '';

describe('containerd', () => {
  test('gets a folder of the registry’s own, and nothing is restarted', () => {
    const { actions, refused } = planned({});

    expect(refused).toEqual([]);
    expect(actions).toMatchObject([
      {
        kind: 'file',
        path: `${folder}/hosts.toml`,
        from: 'absent',
        makesFolder: true,
        cures: [fingerprint(problemId, 'mirrors-fine', { kind: 'node', name: 'worker-1' })],
        to: {
          content:
            '# Written by nodemend (image-pull, remedy mirror).\n[host."https://mirror.example:5000"]\n' +
            '  capabilities = ["pull", "resolve"]\n',
          mode: '0644',
        },
        validate: [
          { check: 'image-pull/containerd-follows', args: ['/etc/containerd/certs.d'] },
          { check: 'image-pull/mirror-answers', args: ['https://mirror.example:5000/v2/', ''] },
        ],
      },
    ]);
    for (const { partOf, ...action } of actions) {
      expect(partOf).toBe('docker.io');
      expect(actionSchema.parse(action)).toEqual(action);
    }
    expect(actions.every((action) => action.disrupts === undefined)).toBe(true);
  });

  test('the authority comes before what needs it', () => {
    const { actions } = planned({}, [mirror(undefined, { authority: 'CERTIFICATE\n' })]);

    expect(told({ actions, refused: [] })).toEqual([`file ${folder}/nodemend-mirror.crt`, `file ${folder}/hosts.toml`]);
    expect(content(actions[0])).toBe('CERTIFICATE\n');
    expect(content(actions[1])).toContain(`ca = "${folder}/nodemend-mirror.crt"`);
  });

  test('several registries, a port in a folder’s name, the first of several folders', () => {
    const config = withConfigPath.replace('/etc/containerd/certs.d', '/srv/a:/srv/b');

    expect(told(planned({ config }, [mirror(), mirror('registry.example:5000=https://m.example')]))).toEqual([
      'file /srv/a/docker.io/hosts.toml',
      'file /srv/a/registry.example_5000_/hosts.toml',
    ]);
  });

  test('a containerd that looks there by default needs no configuration', () => {
    expect(told(planned({ config: null, api: { containerRuntimeVersion: 'containerd://2.2.1' } }))).toEqual([
      `file ${folder}/hosts.toml`,
    ]);
  });

  test('what it has written is not written again, as the probe shows it', () => {
    expect(
      told(
        planned({ hosts: { [folder]: '[host."https://mirror.example:5000"]\ncapabilities = ["pull", "resolve"]\n' } }),
      ),
    ).toEqual([]);
  });

  test.each<[string, MirrorNode, string]>([
    ['no config_path', { config: 'version = 2\n' }, 'mirror-no-config-path'],
    ['no configuration', { config: null }, 'mirror-no-config-path'],
    [
      'the old table',
      {
        config:
          'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry.mirrors."quay.io"]\nendpoint = ["https://m"]\n',
      },
      'mirror-old-table',
    ],
    [
      'both',
      { config: `${withConfigPath}[plugins."io.containerd.grpc.v1.cri".registry.configs."m".tls]\nca_file = "/m"\n` },
      'mirror-old-table',
    ],
    ['changed since the start', { changed: 60 }, 'mirror-restart-pending'],
    ['no TOML', { config: '?\n' }, 'mirror-config-unread'],
    [
      'two files',
      { imported: '[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/x"\n' },
      'mirror-config-split',
    ],
    ['a file too large', { more: 'large /etc/containerd/config.toml\n' }, 'mirror-config-unread'],
    ['somebody’s own folder', { hosts: { [folder]: 'server = "https://other.example"\n' } }, 'mirror-folder-taken'],
    ['somebody’s own folder without a file', { hosts: { [folder]: null } }, 'mirror-folder-taken'],
    [
      'a version that is not known',
      { config: 'version = 2\n', api: { containerRuntimeVersion: 'containerd://dev' } },
      'mirror-version-unknown',
    ],
    ['another runtime', { api: { containerRuntimeVersion: 'cri-o://1.30.0' } }, 'mirror-runtime'],
  ])('is refused: %s', (_, fixture, key) => {
    const { actions, refused } = planned(fixture);

    expect(actions).toEqual([]);
    expect(refused.map((refusal) => refusal.key)).toEqual([`refused.${key}`]);
  });
});

describe('dockerd', () => {
  const path = '/etc/docker/daemon.json';
  const now = 1_790_000_000;
  const unit = 'unit dockerd docker.service\nfragment docker.service /lib/systemd/system/docker.service\n';

  function node(file: string | null, lines: readonly string[] = [], withUnit = unit): MirrorNode {
    const sum = sha256(Buffer.from(file ?? '', 'utf8'));
    const about =
      file === null
        ? `now ${now}\nmissing ${path}\n`
        : `file 81a4 0 0 ${file.length} ${now - 86_400} ${path}\nnow ${now}\nsum ${sum}\n\n${file}`;
    return {
      api: { containerRuntimeVersion: 'docker://20.10.24' },
      docker: `${[...lines, 'running 3600', 'service docker.service'].join('\n')}\n${about}`,
      unit: withUnit,
    };
  }

  test('keeps every byte of its file but the mirrors, and reads it again without a restart', () => {
    const { actions } = planned(node('{\n    "debug": true\n}\n'));

    expect(actions).toMatchObject([
      {
        kind: 'file',
        path,
        from: { content: '{\n    "debug": true\n}\n' },
        validate: [{ check: 'image-pull/daemon-accepts-mirrors', args: [] }, { check: 'image-pull/mirror-answers' }],
      },
      {
        kind: 'service',
        operation: 'reload',
        unit: 'docker.service',
        fragment: '/lib/systemd/system/docker.service',
        verify: [{ check: 'image-pull/docker-has-mirrors', args: ['https://mirror.example:5000'] }],
      },
    ]);
    expect(content(actions[0])).toBe(
      '{\n    "debug": true,\n    "registry-mirrors": [\n        "https://mirror.example:5000"\n    ]\n}\n',
    );
    expect(actions.map((action) => actionSchema.parse(action))).toEqual(actions);
    expect(actions.every((action) => action.disrupts === undefined)).toBe(true);
  });

  test('has a file made, and an authority beside its registries', () => {
    const { actions } = planned(node(null), [mirror(undefined, { authority: 'CERTIFICATE\n' })]);

    expect(told({ actions, refused: [] })).toEqual([
      'file /etc/docker/certs.d/mirror.example:5000/nodemend-mirror.crt',
      `file ${path}`,
      'service docker.service',
    ]);
    expect(content(actions[1])).toBe('{\n  "registry-mirrors": [\n    "https://mirror.example:5000"\n  ]\n}\n');
  });

  test('has the mirror already, with a slash behind it', () => {
    expect(told(planned(node('{"registry-mirrors": ["https://mirror.example:5000/"]}')))).toEqual([]);
  });

  test.each<[string, MirrorNode, Mirror, string]>([
    ['another registry', node('{}'), mirror('quay.io=https://m.example'), 'mirror-docker-hub-only'],
    ['a path', node('{}'), mirror('docker.io=https://m.example/v2/hub'), 'mirror-docker-path'],
    ['nothing but the mirror', node('{}'), mirror(undefined, { isOnly: true }), 'mirror-docker-falls-back'],
    ['a flag', node('{}', ['flag --registry-mirror']), mirror(), 'mirror-docker-flag'],
    ['a broken file', node('{,}'), mirror(), 'mirror-daemon-broken'],
    ['no dockerd', { ...node('{}'), docker: 'no-docker\n' }, mirror(), 'mirror-docker-down'],
    ['no unit', node('{}', [], ''), mirror(), 'mirror-docker-no-unit'],
    ['a link', node('{}', [`link ${path}`]), mirror(), 'mirror-docker-link'],
    [
      'secrets',
      {
        ...node('{"labels": ["***"]}'),
        docker: (node('{"labels": ["***"]}').docker ?? '').replace(/sum .{4}/u, 'sum 0000'),
      },
      mirror(),
      'mirror-docker-secrets',
    ],
  ])('is refused: %s', (_, fixture, wanted, key) => {
    expect(told(planned(fixture, [wanted]))).toEqual([`refused.${key}`]);
  });

  test('bytes that are not text in UTF-8 are refused as that, and not for a secret', () => {
    const bytes = '{"labels": ["caf\xe9"]}';
    const sum = sha256(Buffer.from(bytes, 'latin1'));
    const { docker = '' } = node(bytes);
    const output = Buffer.from(docker.replace(/sum .*/u, `sum ${sum}`), 'latin1').toString('base64');
    const evidence = mirrorEvidence(node('{}'));
    const [seen] = evidence.nodes.map((one) => ({
      ...one,
      sections: {
        ...one.sections,
        'docker/daemon': {
          state: 'seen',
          value: { exitCode: 0, encoding: 'base64', output, errors: '', truncated: false },
        } as const,
      },
    }));

    expect(told(planned({}, [mirror()], ['mirror'], { ...evidence, nodes: [seen!] }))).toEqual([
      'refused.mirror-docker-not-text',
    ]);
  });

  test('one mirror that it cannot have does not keep it from another', () => {
    expect(told(planned(node('{}'), [mirror('quay.io=https://m.example'), mirror()]))).toEqual([
      `file ${path}`,
      'service docker.service',
      'refused.mirror-docker-hub-only',
    ]);
  });
});

test('nothing is planned unless it is asked for, and then not without a mirror', () => {
  expect(planned({}, [mirror()], [])).toEqual({ actions: [], refused: [] });
  expect(told(planned({}, []))).toEqual(['refused.mirror-unnamed']);
});
