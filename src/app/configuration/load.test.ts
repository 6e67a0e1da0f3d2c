import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfiguration } from './load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<string> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text, { mode: 0o644 });
  return join(folder, path);
}

test('--config, then NODEMEND_CONFIG, then the XDG folder, then ~/.config', async () => {
  const named = await write('named.yaml', 'context: named\n');
  const inEnvironment = await write('environment.yaml', 'context: environment\n');
  await write('xdg/nodemend/nodemend.yaml', 'context: xdg\n');
  await write('.config/nodemend/nodemend.yaml', 'context: home\n');
  const contextWith = async (
    file: string | undefined,
    environment: Record<string, string>,
  ): Promise<string | undefined> => {
    const options = { environment: { HOME: folder, ...environment }, workingFolder: folder };
    return (await loadConfiguration(file === undefined ? options : { ...options, file })).configuration.context;
  };
  const both = { NODEMEND_CONFIG: inEnvironment, XDG_CONFIG_HOME: join(folder, 'xdg') };

  expect(await contextWith(named, both)).toBe('named');
  expect(await contextWith('named.yaml', both)).toBe('named');
  expect(await contextWith(undefined, both)).toBe('environment');
  expect(await contextWith(undefined, { ...both, NODEMEND_CONFIG: '' })).toBe('xdg');
  expect(await contextWith(undefined, { XDG_CONFIG_HOME: 'not/absolute' })).toBe('home');
});

test('a file in the working folder is never picked up', async () => {
  await write('nodemend.yaml', 'context: trap\n');

  expect(await loadConfiguration({ environment: { HOME: join(folder, 'nobody') }, workingFolder: folder })).toEqual({
    file: undefined,
    configuration: {},
  });
  expect(await loadConfiguration({ environment: {}, workingFolder: folder })).toEqual({
    file: undefined,
    configuration: {},
  });
});

test('paths start from the folder of the file, and from home', async () => {
  const text =
    'kubeconfig: ~/kube\nssh:\n  identityFiles: [keys/a, /abs/b]\n  knownHosts: [known]\n' +
    '  bastion: {host: b, identityFiles: [~/c]}\nnodeGroups:\n' +
    '  - {name: g, identityFiles: [d], bastion: {host: b, identityFiles: [e]}}\n' +
    '  - {name: h, bastion: false}\n';
  const file = await write('etc/nodemend.yaml', text);

  const { configuration } = await loadConfiguration({ file, environment: { HOME: '/home/ops' }, workingFolder: '/' });

  const etc = join(folder, 'etc');
  expect(configuration).toEqual({
    kubeconfig: '/home/ops/kube',
    ssh: {
      identityFiles: [`${etc}/keys/a`, '/abs/b'],
      knownHosts: [`${etc}/known`],
      bastion: { host: 'b', identityFiles: ['/home/ops/c'] },
    },
    nodeGroups: [
      { name: 'g', identityFiles: [`${etc}/d`], bastion: { host: 'b', identityFiles: [`${etc}/e`] } },
      { name: 'h', bastion: false },
    ],
  });
});

test('a named file must be there, and be a file', async () => {
  const load = (file: string): Promise<unknown> => loadConfiguration({ file, environment: {}, workingFolder: folder });

  await expect(load('missing.yaml')).rejects.toMatchObject({
    code: 'CONFIGURATION_UNREADABLE',
    params: { fault: 'ENOENT' },
    exitCode: 2,
  });
  await expect(load('.')).rejects.toMatchObject({ code: 'CONFIGURATION_UNREADABLE', params: { fault: 'EISDIR' } });
});

test('one that everybody may write is refused', async () => {
  const file = await write('open.yaml', 'via: ssh\n');
  await chmod(file, 0o666);

  await expect(loadConfiguration({ file, environment: {}, workingFolder: folder })).rejects.toMatchObject({
    code: 'CONFIGURATION_UNSAFE',
    params: { path: file },
  });
});
