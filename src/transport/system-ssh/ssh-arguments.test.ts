import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  masterArguments,
  resolveArguments,
  sharedArguments,
  throughCommand,
  type MasterArguments,
} from './ssh-arguments.ts';

const plain: MasterArguments = {
  settings: { hostKeyPolicy: 'strict', connectTimeoutMs: 10_000 },
  destination: { node: 'node-1', address: '10.0.0.1', identityFiles: [] },
  controlPath: '/run/user/0/nodemend-abc/1',
  logPath: '/run/user/0/nodemend-abc/1.log',
};

/** `-o Name=value` pairs by name. */
const options = (args: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    args.flatMap((arg, index) =>
      args[index - 1] === '-o' ? [arg.split(/=(.*)/s).slice(0, 2) as [string, string]] : [],
    ),
  );

describe('the arguments of ssh', () => {
  it('say nothing that the user’s configuration is to say', () => {
    const args = masterArguments(plain);
    expect(args.slice(-2)).toEqual(['--', '10.0.0.1']);
    for (const flag of ['-p', '-l', '-i', '-F', '-J']) expect(args).not.toContain(flag);
    for (const name of [
      'Port',
      'User',
      'IdentityFile',
      'IdentitiesOnly',
      'UserKnownHostsFile',
      'GlobalKnownHostsFile',
      'ProxyCommand',
      'ProxyJump',
    ]) {
      expect(options(args)).not.toHaveProperty(name);
    }
  });

  it('say what was asked for', () => {
    const destination = {
      ...plain.destination,
      port: 2222,
      user: 'ops',
      identityFiles: ['/keys/100%.pem', '/keys/b c'],
    };
    const args = masterArguments({ ...plain, destination }).join(' ');
    expect(args).toMatch(/ -p 2222 -l ops -o IdentitiesOnly=yes -i \/keys\/100%%\.pem -i \/keys\/b c -- 10\.0\.0\.1$/);
    expect(resolveArguments(destination).join(' ')).toBe(
      '-G -p 2222 -l ops -o IdentitiesOnly=yes -i /keys/100%%.pem -i /keys/b c -- 10.0.0.1',
    );
  });

  it('never turn the host key check off, and never ask', () => {
    expect(options(masterArguments(plain))).toMatchObject({
      BatchMode: 'yes',
      StrictHostKeyChecking: 'yes',
      ConnectTimeout: '10',
    });
    const accepting = masterArguments({ ...plain, settings: { ...plain.settings, hostKeyPolicy: 'accept-new' } });
    expect(options(accepting)).toMatchObject({ StrictHostKeyChecking: 'accept-new' });
  });

  it('name the known_hosts files that were named to us, and no others then', () => {
    const args = masterArguments({
      ...plain,
      settings: { ...plain.settings, knownHostsFiles: ['/a b/known', '/100%'] },
    });
    expect(options(args)).toMatchObject({ UserKnownHostsFile: '"/a b/known" "/100%%"', GlobalKnownHostsFile: 'none' });
  });

  it('use a shared connection or none', () => {
    expect(sharedArguments('/x/1').slice(0, 4)).toEqual(['-F', 'none', '-S', '/x/1']);
    expect(options(sharedArguments('/x/1'))).toMatchObject({ ControlMaster: 'no', ProxyCommand: 'false' });
  });

  it('are words for any shell where ssh has them run by one', () => {
    const command = throughCommand('/opt/open ssh/100%/ssh', '/x/1')
      .replaceAll('%%', '%')
      .replace('%h', '10.0.0.1')
      .replace('%p', '22');
    const words = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' }).split('\n');
    expect(words.slice(0, 5)).toEqual(['/opt/open ssh/100%/ssh', '-F', 'none', '-S', '/x/1']);
    expect(words.slice(-4)).toEqual(['-W', '[10.0.0.1]:22', 'nodemend', '']);
    expect(command).not.toMatch(/[!\\\n]/);
  });
});
