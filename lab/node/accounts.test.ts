import { expect, test } from 'vitest';
import { nodeAccounts } from './accounts.ts';

const passwd = [
  'root:x:0:0:root:/root:/bin/bash',
  'sshd:x:105:65534::/run/sshd:/usr/sbin/nologin',
  'alice:x:1000:1000:Alice:/home/alice:/bin/bash',
  'bob:x:1001:1001::/home/bob:/bin/sh',
  'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
  '+@everybody::::::',
  '',
].join('\n');
const group = ['root:x:0:', 'sudo:x:27:alice,bob', 'alice:x:1000:', 'nogroup:x:65534:', ''].join('\n');

test('system accounts stay, people go, and one login user is there', () => {
  const accounts = nodeAccounts({ passwd, group }, 'ubuntu');
  expect(accounts.passwd).toBe(
    [
      'root:x:0:0:root:/root:/bin/bash',
      'sshd:x:105:65534::/run/sshd:/usr/sbin/nologin',
      'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
      'ubuntu:x:1000:1000:ubuntu:/home/ubuntu:/bin/bash',
      '',
    ].join('\n'),
  );
  expect(accounts.group).toBe(['root:x:0:', 'sudo:x:27:', 'nogroup:x:65534:', 'ubuntu:x:1000:', ''].join('\n'));
});

test('no account has a password, and none is locked', () => {
  const { shadow, gshadow } = nodeAccounts({ passwd, group }, 'ubuntu');
  for (const line of `${shadow}${gshadow}`.trim().split('\n')) expect(line.split(':')[1]).toBe('*');
});

test('a machine that has the login user as a system account gets one line for it', () => {
  const accounts = nodeAccounts(
    { passwd: `${passwd}centos:x:999:999::/var/lib/centos:/bin/false\n`, group: `${group}centos:x:999:\n` },
    'centos',
  );
  expect(accounts.passwd.match(/^centos:/gm)).toHaveLength(1);
  expect(accounts.passwd).toContain('centos:x:1000:1000:');
  expect(accounts.group.match(/^centos:/gm)).toHaveLength(1);
});
