import { expect, test } from 'vitest';
import { mayWrite } from './written-paths.ts';

const writes = ['/etc/docker/', '/etc/logrotate.conf'];

test.each(['/etc/docker/daemon.json', '/etc/docker/certs.d/m/ca.crt', '/etc/logrotate.conf'])(
  '%s is within',
  (path) => {
    expect(mayWrite(writes, path)).toBe(true);
  },
);

test.each([
  '/etc/nologin',
  '/etc/docker',
  '/etc/docker/',
  '/etc/docker/../nologin',
  '/etc/docker//daemon.json',
  '/etc/docker/./daemon.json',
  '/etc/dockerx/daemon.json',
  '/etc/logrotate.conf/x',
  'etc/docker/daemon.json',
  '',
])('%s is not', (path) => {
  expect(mayWrite(writes, path)).toBe(false);
});
