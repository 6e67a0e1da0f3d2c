import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListedNode } from '../../evidence/collect-cluster.ts';
import type { Configuration } from '../configuration/schema.ts';
import { hostsTargets, nodeTargets, parseBastion } from './targets.ts';

const worker = {
  name: 'blue-default-worker-node-0',
  group: 'default-worker',
  address: '10.0.0.5',
  api: { osImage: 'Ubuntu 22.04.5 LTS', labels: {} },
} as unknown as ListedNode;
const nks = { server: 'https://f4e2.kr1-k8s.nhncloudservice.com:6443', context: 'default' };
const nksContext = { server: 'https://10.1.1.1:6443', context: 'nks_blue_01234567-89ab-cdef-0123-456789abcdef' };

describe('nodes of a cluster', () => {
  const user = (
    configuration: Configuration,
    flags: { readonly user?: string } = {},
    where: typeof nks = nksContext,
  ): string | undefined => nodeTargets([worker], { configuration, flags, ...where })[0]?.user;

  test('a flag, then the node group, then ssh, then the platform', () => {
    const configuration = { ssh: { user: 'from-ssh' }, nodeGroups: [{ name: 'default-worker', user: 'from-group' }] };

    expect(user(configuration, { user: 'from-flag' })).toBe('from-flag');
    expect(user(configuration)).toBe('from-group');
    expect(user({ ssh: { user: 'from-ssh' } })).toBe('from-ssh');
    expect(user({})).toBe('ubuntu');
  });

  test('elsewhere nobody knows the user: it is left to ssh', () => {
    expect(user({}, {}, { server: 'https://10.1.1.1:6443', context: 'kind-kind' })).toBeUndefined();
    expect(
      nodeTargets([worker], { configuration: {}, flags: {}, server: 'https://10.1.1.1:6443', context: 'kind-kind' }),
    ).toEqual([{ name: worker.name, address: '10.0.0.5', group: 'default-worker', identityFiles: [] }]);
  });

  test('a bastion given as a flag gets the keys given as flags, and wins', () => {
    const configuration: Configuration = {
      ssh: { port: 22, identityFiles: ['/keys/configured'], bastion: { host: 'old.example.com', port: 2200 } },
    };
    const flags = { port: 2222, identityFiles: ['/keys/flag'], bastion: 'ops@gate.example.com:2022' };

    expect(nodeTargets([worker], { configuration, flags, ...nksContext })[0]).toMatchObject({
      port: 2222,
      identityFiles: ['/keys/flag'],
      bastion: { address: 'gate.example.com', user: 'ops', port: 2022, identityFiles: ['/keys/flag'] },
    });
    expect(nodeTargets([worker], { configuration, flags: {}, ...nksContext })[0]).toMatchObject({
      port: 22,
      identityFiles: ['/keys/configured'],
      bastion: { address: 'old.example.com', port: 2200, identityFiles: [] },
    });
  });

  test('a group without a bastion is reached directly', () => {
    const configuration: Configuration = {
      ssh: { bastion: { host: 'gate' } },
      nodeGroups: [{ name: 'default-worker', bastion: false }],
    };

    expect(nodeTargets([worker], { configuration, flags: {}, ...nksContext })[0]).not.toHaveProperty('bastion');
  });
});

test('hosts: a flag, then the hosts file, then the configuration', () => {
  const configuration: Configuration = {
    ssh: { user: 'configured', port: 2200, identityFiles: ['/keys/configured'], bastion: { host: 'gate' } },
  };
  const host = { name: 'db-1', address: '10.0.0.9' };
  const file = {
    ...host,
    user: 'filed',
    port: 2300,
    identityFiles: ['/keys/file'],
    bastion: { host: 'other-gate', identityFiles: ['/keys/gate'] },
  };

  expect(hostsTargets([host, file], configuration, {})).toEqual([
    {
      ...host,
      user: 'configured',
      port: 2200,
      identityFiles: ['/keys/configured'],
      bastion: { address: 'gate', identityFiles: [] },
    },
    {
      ...host,
      user: 'filed',
      port: 2300,
      identityFiles: ['/keys/file'],
      bastion: { address: 'other-gate', identityFiles: ['/keys/gate'] },
    },
  ]);
  expect(hostsTargets([file], configuration, { user: 'flag', port: 22, identityFiles: [] })[0]).toMatchObject({
    user: 'flag',
    port: 22,
    identityFiles: [],
  });
});

describe('bastion', () => {
  test.each([
    ['gate', { address: 'gate' }],
    ['gate.example.com:2022', { address: 'gate.example.com', port: 2022 }],
    ['ops@10.0.0.1', { address: '10.0.0.1', user: 'ops' }],
    ['ops@[fd00::1]:22', { address: 'fd00::1', user: 'ops', port: 22 }],
    ['[fe80::1]', { address: 'fe80::1' }],
    ['gate:65535', { address: 'gate', port: 65_535 }],
  ])('%s', (text, parts) => {
    expect(parseBastion(text, ['/key'])).toEqual({ identityFiles: ['/key'], ...parts });
  });

  test.each([
    '',
    '@gate',
    'a@b@c',
    'gate:',
    'gate:0',
    'gate:65536',
    'gate:22:22',
    'fd00::1',
    '[fd00::1',
    '-oProxyCommand=id',
    'ops@-x',
    'gate;id',
    'ga te',
    'gate\n',
  ])('%j is none', (text) => {
    expect(() => parseBastion(text, [])).toThrow(
      expect.objectContaining({ code: 'USAGE', params: { context: 'bastion', typed: '--bastion', value: text } }),
    );
  });

  test('what is written is what is read; an option of ssh never comes out of it', () => {
    const word = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,10}$/);
    const host = fc.oneof(
      word,
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
    );
    const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
    fc.assert(
      fc.property(fc.option(word, { nil: undefined }), host, port, (user, address, number) => {
        const text = `${user === undefined ? '' : `${user}@`}${address}${number === undefined ? '' : `:${number}`}`;

        expect(parseBastion(text, [])).toEqual({
          address: address.replaceAll(/[[\]]/g, ''),
          identityFiles: [],
          ...(user === undefined ? {} : { user }),
          ...(number === undefined ? {} : { port: number }),
        });
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        let found = 'refused';
        try {
          const { address, user = 'x' } = parseBastion(text, []);
          found = `${address} ${user}`;
        } catch {}
        expect(found).not.toMatch(/^-| -|\n/);
      }),
    );
  });
});
