import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runs } from '../../../test/runs.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { errorText } from '../../errors/text.ts';
import { expandHosts } from './expand-hosts.ts';
import { parseHostLines } from './host-lines.ts';
import { readHostsFile, type HostEntry } from './hosts-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-hosts-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(text: string, name = 'hosts'): Promise<readonly HostEntry[]> {
  await writeFile(join(folder, name), text);
  return readHostsFile(join(folder, name), '/home/ops');
}

test('lines: names, addresses, settings, sets, headings, comments', async () => {
  const text =
    '\uFEFF# my nodes\r\nworker-1 10.0.0.1 user=centos port=2222 # the old one\r\n\r\nplain\n[gpu]\n' +
    'gpu-[01-02] 10.0.1.[1-2] identity=~/.ssh/gpu\nedge 192.0.2.7 group=edge#1 user=ops\n';

  expect(await read(text)).toEqual([
    { name: 'worker-1', address: '10.0.0.1', user: 'centos', port: 2222 },
    { name: 'plain', address: 'plain' },
    { name: 'gpu-01', address: '10.0.1.1', group: 'gpu', identityFiles: ['/home/ops/.ssh/gpu'] },
    { name: 'gpu-02', address: '10.0.1.2', group: 'gpu', identityFiles: ['/home/ops/.ssh/gpu'] },
    { name: 'edge', address: '192.0.2.7', group: 'edge#1', user: 'ops' },
  ]);
});

test.each(['hosts.yaml', 'hosts'])('YAML in %s', async (name) => {
  const text =
    '# nodes\n\nhosts:\n  - name: worker-[1-2]\n    address: 10.0.0.[1-2]\n    identityFiles: [keys/a]\n' +
    '    bastion: {host: b, identityFiles: [keys/b]}\n  - {name: edge, port: 2222, group: edge}\n';
  const common = { identityFiles: [`${folder}/keys/a`], bastion: { host: 'b', identityFiles: [`${folder}/keys/b`] } };

  expect(await read(text, name)).toEqual([
    { name: 'worker-1', address: '10.0.0.1', ...common },
    { name: 'worker-2', address: '10.0.0.2', ...common },
    { name: 'edge', address: 'edge', port: 2222, group: 'edge' },
  ]);
});

describe('faults are told with file and line', () => {
  test.each([
    ['worker-1 10.0.0.1 prot=22', 'hosts line 1: unknown key prot.', 'Did you mean port?'],
    ['a\nb colour=red', 'hosts line 2: unknown key colour.', 'Did you mean user, port, group, identity?'],
    ['a port=0', 'hosts line 1: 0 is not a valid port.', 'The format of a line is:'],
    ['a port=99999', 'hosts line 1: 99999 is not a valid port.', 'The format of a line is:'],
    ['a port=22x', 'hosts line 1: 22x is not a valid port.', 'The format of a line is:'],
    ['a user=-oProxyCommand', 'hosts line 1: -oProxyCommand is not a valid user name.', 'The format of a line is:'],
    ['a user=', 'hosts line 1: user has no value.', 'The format of a line is:'],
    ['a 10.0.0.1 10.0.0.2', 'hosts line 1: 10.0.0.2 is not an address or key=value.', 'The format of a line is:'],
    ['user=x a', 'hosts line 1: expected the host name, found user=x.', 'The format of a line is:'],
    ['a =x', 'hosts line 1: =x is not an address or key=value.', 'The format of a line is:'],
    ['10.0.0.1 worker-1', 'hosts line 1: the address comes before the name.', 'Put the name first: worker-1 10.0.0.1'],
    [
      'w[1-3] 10.0.0.[1-2]',
      'hosts line 1: w[1-3] 10.0.0.[1-2] has a different number of addresses and names.',
      'The format of a line is:',
    ],
    ['w[1-', 'hosts line 1: [1- is not a valid node set.', 'For example: a,worker-[1-40,43]'],
    ['$(reboot)', 'hosts line 1: $(reboot) is not a valid node set.', 'For example: a,worker-[1-40,43]'],
    ['a\nb\na', 'hosts line 3: a already exists on line 1.', 'Remove one of the two lines.'],
    ['w[1-9]\nw[5-6]', 'hosts line 2: w5 already exists on line 1.', 'Remove one of the two lines.'],
    ['a 10.0.0.1\nb 10.0.0.1', 'hosts line 2: 10.0.0.1 already exists on line 1.', 'Remove one of the two lines.'],
    [
      'a 10.0.0.1\nb 10.0.0.1 port=22',
      'hosts line 2: 10.0.0.1 already exists on line 1.',
      'Remove one of the two lines.',
    ],
    ['hosts:\n  - nam: a', 'hosts line 2: unknown key hosts[0].nam.', 'Did you mean name?'],
    ['hosts:\n  - name: a\n  - name: a', 'hosts line 3: a already exists on line 2.', 'Remove one of the two lines.'],
    ['hosts: {}', 'hosts line 1: hosts has an invalid value.', 'Expected: [{…}, …]'],
  ])('%j', async (text, cause, next) => {
    const error: unknown = await read(text).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isNodemendError(error)) throw error;
    const words = errorText('en', error.code, error.params);

    expect(words.cause).toBe(cause.replace('hosts line', `${folder}/hosts line`));
    expect(words.next).toContain(next);
  });
});

test('the same address behind another port or another bastion is another host', async () => {
  const hosts =
    'hosts:\n- {name: a, address: 10.0.0.1}\n- {name: b, address: 10.0.0.1, port: 2222}\n' +
    '- {name: c, address: 10.0.0.1, bastion: {host: x}}\n';

  expect(await read(hosts)).toHaveLength(3);
});

test.each(['', '\n\n', '# nothing\n', '[group]\n', 'hosts: []\n'])(
  'a file that lists nobody is an error, not "all fine": %j',
  async (text) => {
    await expect(read(text)).rejects.toThrow(`No hosts found in the hosts file: --hosts ${folder}/hosts.`);
  },
);

test('an empty YAML file too', async () => {
  await expect(read('', 'hosts.yml')).rejects.toMatchObject({ code: 'NO_TARGETS' });
});

test('a file that cannot be read', async () => {
  await expect(readHostsFile(join(folder, 'missing'), undefined)).rejects.toMatchObject({
    code: 'HOSTS_FILE_UNREADABLE',
    params: { fault: 'ENOENT' },
  });
});

test('any lines are read or refused by a code of ours', () => {
  const word = fc.constantFrom(
    'a',
    'b[1-2]',
    '10.0.0.1',
    'user=x',
    'port=22',
    'port=',
    '=',
    '#',
    '[g]',
    '\n',
    '[',
    'w-[01-03]',
    'key=v',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 10 }), (words) => {
      try {
        const names = expandHosts('f', parseHostLines('f', words.join(' '))).map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
      } catch (error) {
        expect(isNodemendError(error) && error.code).toBe('HOSTS_FILE_INVALID');
      }
    }),
    { numRuns: runs(1_000) },
  );
});
