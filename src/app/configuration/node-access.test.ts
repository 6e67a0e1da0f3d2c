import { expect, test } from 'vitest';
import { accessLookup } from './node-access.ts';

const lookup = accessLookup({
  ssh: { user: 'centos', identityFiles: ['/keys/all'], bastion: { host: 'bastion' } },
  nodeGroups: [
    { name: 'gpu', user: 'ubuntu', port: 2222 },
    { name: 'edge', nodes: 'edge-[1-3],gpu-9', bastion: false, identityFiles: [] },
  ],
});

test('without a group the settings of ssh', () => {
  expect(lookup({ name: 'worker-1' })).toEqual({
    user: 'centos',
    identityFiles: ['/keys/all'],
    bastion: { host: 'bastion' },
  });
});

test('a group by its name, over those of ssh', () => {
  expect(lookup({ name: 'gpu-1', group: 'gpu' })).toEqual({
    user: 'ubuntu',
    port: 2222,
    identityFiles: ['/keys/all'],
    bastion: { host: 'bastion' },
  });
});

test('a group by the nodes it lists, directly and with the default keys', () => {
  expect(lookup({ name: 'edge-2', group: 'other' })).toEqual({ user: 'centos', identityFiles: [] });
});

test('the first that matches counts', () => {
  expect(lookup({ name: 'gpu-9', group: 'gpu' })).toMatchObject({ user: 'ubuntu' });
});

test('nothing configured is nothing said', () => {
  expect(accessLookup({})({ name: 'worker-1', group: 'x' })).toEqual({ identityFiles: [] });
});
