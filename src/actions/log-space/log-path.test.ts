import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isContainerLog } from './log-path.ts';
import { logSpaceActionSchema } from './log-space-schema.ts';

const id = 'c0ffee01'.padStart(64, '0');

describe('a log of a container', () => {
  test.each([
    `/var/lib/docker/containers/${id}/${id}-json.log`,
    `/var/lib/docker/containers/${id}/${id}-json.log.1`,
    `/data/my docker/containers/${id}/${id}-json.log-20261124-1732438800.gz`,
    '/var/log/pods/shop_api-0_5f1c2b6e/app/0.log',
    '/var/log/pods/shop_api-0_5f1c2b6e/app/12.log.20261124-093100.gz',
    `/var/log/pods/shop_api-0_5f1c2b6e/app/0.log-nodemend-20261126-2039-container-logs-d08d`,
  ])('%s is one', (path) => expect(isContainerLog(path)).toBe(true));

  test.each([
    '/etc/passwd',
    '/var/log/syslog',
    `/var/lib/docker/containers/${id}/config.v2.json`,
    `/var/lib/docker/containers/${id}/${id.replace('0', '1')}-json.log`,
    `/var/lib/docker/containers/${id}/${id}-json.log.1/x`,
    `/var/lib/docker/containers/${id}/${id}-json.logs`,
    `/var/lib/docker/containers/${id.slice(1)}/${id.slice(1)}-json.log`,
    '/var/log/pods/a/0.log',
    '/var/log/pods/a/b/c/0.log',
    '/var/log/pods/a/b/app.log',
    '/srv/var/log/pods/a/b/0.log',
  ])('%s is none', (path) => expect(isContainerLog(path)).toBe(false));

  test('no plan file and no record names anything else', () => {
    const base = {
      kind: 'log-space',
      id: 'log-space:w:x',
      problem: 'container-logs',
      node: 'w',
      cures: [],
      why: { key: 'why.free-live', params: {} },
      disrupts: 'discard',
      log: 'live',
      keep: 'never',
      reserve: 0,
      was: { device: '1', inode: '2', size: 3, allocated: 4, modified: 5 },
    };
    expect(
      logSpaceActionSchema.safeParse({ ...base, path: `/var/lib/docker/containers/${id}/${id}-json.log` }).success,
    ).toBe(true);
    const elsewhere = fc
      .array(
        fc.constantFrom('..', '.', '', 'var', 'log', 'pods', 'etc', 'a', '0.log', 'containers', id, `${id}-json.log`),
      )
      .map((parts) => `/${parts.join('/')}`);
    fc.assert(
      fc.property(elsewhere, (path) => {
        const isPlain = path
          .split('/')
          .slice(1)
          .every((part) => !['', '.', '..'].includes(part));
        expect(logSpaceActionSchema.safeParse({ ...base, path }).success).toBe(isPlain && isContainerLog(path));
      }),
    );
    for (const change of [
      { disrupts: 'restart' },
      { log: 'other' },
      { keep: 'sometimes' },
      { was: { ...base.was, inode: '2; rm' } },
      { content: 'x' },
    ]) {
      expect(logSpaceActionSchema.safeParse({ ...base, path: `/var/log/pods/a/b/0.log`, ...change }).success).toBe(
        false,
      );
    }
  });
});
