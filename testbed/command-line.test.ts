import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readCommandLine, usage, UsageError } from './command-line.ts';

function refused(...args: readonly string[]): string {
  try {
    readCommandLine(args);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

const program = [
  '--disable-warning=ExperimentalWarning',
  '--import',
  './scripts/source-hooks.ts',
  'testbed/testbed.ts',
];

describe('the usage', () => {
  it.each([['--help'], ['-h'], ['help'], ['up', '--help']])('is what %s asks for', (...args) => {
    expect(readCommandLine(args)).toBeUndefined();
  });

  it('is printed by the program, without a stack trace', () => {
    expect(execFileSync(process.execPath, [...program, '--help'], { encoding: 'utf8' })).toBe(`${usage()}\n`);
  });

  it('is what is said where no command was given', () => {
    expect(refused()).toBe(`No command was given\n\n${usage()}`);
  });

  it('has every command on a line of its own, what it does in one column', () => {
    expect(usage().split('\n')).toEqual(
      expect.arrayContaining([
        'npm run testbed -- COMMAND [--name NAME]',
        '  up                                 a control plane and nodes, ready to use',
        '  boot-delay NODE SECONDS|never      makes every start from now on late, or not come at all; 0 ends that',
      ]),
    );
  });
});

describe('a word that is not taken', () => {
  it('as a command: the commands there are, and the one that was meant', () => {
    expect(refused('ups')).toBe(
      'There is no command ups; up is one\n' +
        '  there are: up, build, build-vm, status, shell, ssh, reboot, power-cut, start, boot-delay, fill, partition, heal, ' +
        'kill-api-server, stop-registry, resume-registry, load-image, down\n' +
        '  next: npm run testbed -- --help',
    );
    expect(refused('toString')).toMatch(/^There is no command toString\n/);
  });

  it('as an option: the options there are', () => {
    expect(refused('up', '--dockers', '1')).toBe(
      'There is no option --dockers; --docker is one\n' +
        '  there are: --help, --name, --containerd, --containerd2, --docker, --stand-in, --grub, --closed, --user-script\n' +
        '  next: npm run testbed -- --help',
    );
    expect(refused('down', '--grub')).toMatch(/^down takes no --grub; up does\n/);
    expect(refused('up', '--docker')).toMatch(/^Option '--docker <value>' argument missing\n/);
    expect(refused('up', '--grub=yes')).toMatch(/^Option '--grub' does not take an argument\n/);
  });

  it('behind a command: the words that it takes', () => {
    expect(refused('reboot')).toMatch(/^reboot takes NODE, not nothing\n/);
    expect(refused('down', 'everything')).toMatch(/^down takes no further words, not everything\n/);
    expect(refused('fill', 'containerd-1')).toMatch(/^fill takes NODE 92%, not containerd-1\n/);
    expect(refused('load-image', 'a', 'b')).toMatch(/^load-image takes \[ARCHIVE\], not a b\n/);
  });
});

it('what follows -- belongs to the command on the node', () => {
  expect(readCommandLine(['ssh', 'containerd-1', '--name', 'mine', '--', 'ls', '--help'])).toMatchObject({
    command: 'ssh',
    words: ['containerd-1', 'ls', '--help'],
    values: { name: 'mine' },
  });
});
