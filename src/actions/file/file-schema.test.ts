import { describe, expect, it } from 'vitest';
import { fileAction } from '../../../test/chroot/file-fixture.ts';
import { fileActionSchema } from './file-schema.ts';

describe('a file action from outside', () => {
  it('is accepted as it is', () => {
    expect(fileActionSchema.parse(fileAction())).toEqual(fileAction());
    expect(fileActionSchema.safeParse(fileAction({ from: 'absent', to: 'absent' })).success).toBe(true);
  });

  it.each([
    'etc/x',
    '',
    '/',
    '/etc/',
    '/etc//x',
    '/etc/../x',
    '/etc/./x',
    '/etc/x\n',
    '/etc/\u0000',
    `/${'x'.repeat(256)}`,
  ])('the path %j is refused', (path) => {
    expect(fileActionSchema.safeParse({ ...fileAction(), path }).success).toBe(false);
  });

  it.each([
    ['an unknown key', { surprise: true }],
    ['a mode that is not a mode', { to: { ...(fileAction().to as object), mode: '999' } }],
    ['a hash that is not a hash', { to: { ...(fileAction().to as object), sha256: 'abc' } }],
    ['wanted content that is missing', { to: { sha256: 'a'.repeat(64), mode: '0644', uid: 0, gid: 0 } }],
    ['a check of no problem', { validate: [{ check: 'reboot', args: [] }] }],
    ['a problem that is a path', { problem: '../x' }],
  ])('%s is refused', (_what, change) => {
    expect(fileActionSchema.safeParse({ ...fileAction(), ...change }).success).toBe(false);
  });
});
