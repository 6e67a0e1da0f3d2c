import { describe, expect, it } from 'vitest';
import { checkDestination } from './destination.ts';

const check = (address: string, user?: string): void =>
  checkDestination({ node: 'node-1', address, identityFiles: [], ...(user === undefined ? {} : { user }) });

describe('a destination for ssh', () => {
  it.each(['10.0.0.1', 'worker-1.example', 'my_alias', '::1', 'fe80::1%eth0', '2001:db8::1', 'A'])(
    'may be %s',
    (address) => {
      expect(() => check(address)).not.toThrow();
    },
  );

  it.each(['', '-oProxyCommand=id', 'a b', 'a;id', '$(id)', '`id`', "a'b", 'a\nb', 'user@host', '[::1]', 'a|b', '*'])(
    'may not be %j',
    (address) => {
      expect(() => check(address)).toThrow(
        expect.objectContaining({
          code: 'TARGET_UNUSABLE',
          params: { node: 'node-1', what: 'address', value: JSON.stringify(address) },
        }) as Error,
      );
    },
  );

  it.each(['root', 'ec2-user', 'first.last', 'ops@corp.example', 'svc_1'])('may be of user %s', (user) => {
    expect(() => check('node', user)).not.toThrow();
  });

  it.each(['', '-l', 'a b', '$(id)', "o'brien", 'a;b', 'a\\b'])('may not be of user %j', (user) => {
    expect(() => check('node', user)).toThrow(expect.objectContaining({ code: 'TARGET_UNUSABLE' }) as Error);
  });
});
