import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rebootRequired, type RebootRequired } from './reboot-required.ts';

const booted = 1_795_900_000;

function read(...lines: readonly string[]): RebootRequired | undefined {
  return rebootRequired.parse({ text: lines.map((line) => `${line}\n`).join(''), truncated: false });
}

function said(ended: number, text: string): readonly string[] {
  const lines = text.split('\n').map((line) => `said ${line.trim()}`);
  return [`btime ${booted}`, 'manager rpm', 'asked dnf', `ended ${ended}`, ...lines];
}

describe('the file of Debian and Ubuntu', () => {
  const file = (more: string): string => `file ${more}`;

  test('is there, and names packages once', () => {
    expect(
      read(
        `btime ${booted}`,
        file(`0 81a4 ${booted + 5000}`),
        'package linux-image-6.1.0-37-amd64',
        'package linux-base',
        'package linux-base',
        'package $(reboot)',
      ),
    ).toEqual({ required: 'yes', by: 'file', packages: ['linux-image-6.1.0-37-amd64', 'linux-base'] });
  });

  test.each([
    ['somebody else made it', `1000 81a4 ${booted + 5000}`, 'not-of-root'],
    ['it is a link', `0 a1ff ${booted + 5000}`, 'not-of-root'],
    ['it outlived a boot: kured reboots such a node for ever', `0 81a4 ${booted - 86_400}`, 'before-boot'],
  ])('proves nothing when %s', (_name, line, why) => {
    expect(read(`btime ${booted}`, file(line))).toEqual({ required: 'unknown', why, detail: '' });
  });

  test('that is not there means something only where a package would make it', () => {
    expect(read(`btime ${booted}`, 'manager dpkg', 'hook /etc/kernel/postinst.d/unattended-upgrades')).toEqual({
      required: 'no',
      by: 'file',
    });
    expect(read(`btime ${booted}`, 'manager dpkg')).toMatchObject({ required: 'unknown', why: 'no-hook' });
    expect(read(`btime ${booted}`)).toMatchObject({ required: 'unknown', why: 'no-manager' });
  });
});

// As each release prints it: dnf-plugins-core plugins/needs_restarting.py, yum-utils needs-restarting.py of EL 7.9.
const dnfRequired = `Core libraries or services have been updated since boot-up:
  * glibc
  * kernel-core

Reboot is required to fully utilize these updates.
More information: https://access.redhat.com/solutions/27943`;
const dnfNot = `No core libraries or services have been updated since boot-up.
Reboot should not be necessary.`;
const yumRequired = `Core libraries or services have been updated:
  dbus -> 1:1.10.24-14.el7_8
  systemd -> 219-73.el7_8.9

Reboot is required to ensure that your system benefits from these updates.

More information:
https://access.redhat.com/solutions/27943`;
const yumNot = `No core libraries or services have been updated.
Reboot is probably not necessary.`;

describe('needs-restarting of Enterprise Linux', () => {
  test.each([
    [dnfRequired, ['glibc', 'kernel-core']],
    [yumRequired, ['dbus', 'systemd']],
  ])('a reboot is required', (text, packages) => {
    expect(read(...said(1, text))).toEqual({ required: 'yes', by: 'needs-restarting', packages });
  });

  test.each([[dnfNot], [yumNot]])('no reboot is required', (text) => {
    expect(read(...said(0, text))).toEqual({ required: 'no', by: 'needs-restarting' });
  });

  test.each([
    [
      'dnf has no such plugin, and ends with 1 as well',
      1,
      'No such command: needs-restarting. Please use /usr/bin/dnf --help',
    ],
    ['its database is locked or broken', 1, 'Error: rpmdb open failed'],
    ['it was killed', 137, ''],
    ['words and exit code do not agree', 0, dnfRequired],
    ['words and exit code do not agree', 1, dnfNot],
  ])('proves nothing when %s', (_name, ended, text) => {
    expect(read(...said(ended, text))).toMatchObject({ required: 'unknown', why: 'no-answer' });
  });

  test('is not installed', () => {
    expect(read(`btime ${booted}`, 'manager rpm')).toMatchObject({ required: 'unknown', why: 'no-program' });
  });
});

test('whatever is printed, nothing but its own words makes a reboot required', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'manager dpkg',
      'manager rpm',
      'ended 1',
      'ended 0',
      'said Reboot',
      'package x',
      'file 0',
      'hook /x',
    ),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      expect(read(`btime ${booted}`, ...lines)?.required).not.toBe('yes');
    }),
  );
});
