import { describe, expect, it } from 'vitest';
import { sudoRefusal } from './sudo-refusal.ts';

/** As the programs print them; the last two by sudo-rs. */
const printed = [
  ['sudo: command not found', 'absent'],
  ['sudo: a password is required', 'password-needed'],
  ['sudo: sorry, a password is required to run sudo', 'password-needed'],
  [
    'sudo: a terminal is required to read the password; either use the -S option to read from standard input ' +
      'or configure an askpass helper\nsudo: a password is required',
    'password-needed',
  ],
  ['sudo: no tty present and no askpass program specified', 'password-needed'],
  ['sudo: sorry, you must have a tty to run sudo', 'tty-needed'],
  ["Sorry, user ned is not allowed to execute '/bin/sh -c text=$(cat)' as root on node-1.", 'not-allowed'],
  ['ned is not in the sudoers file.  This incident will be reported.', 'not-allowed'],
  ['Sorry, user ned may not run sudo on node-1.', 'not-allowed'],
  ['ned is not allowed to run sudo on node-1.  This incident will be reported.', 'not-allowed'],
  ['sudo: /etc/sudoers is world writable\nsudo: error initializing audit plugin sudoers_audit', 'failed'],
  ['sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set', 'failed'],
  ['', 'failed'],
  ['sudo: interactive authentication is required', 'password-needed'],
  ["sudo: I'm sorry ned. I'm afraid I can't do that", 'not-allowed'],
] as const;

describe('a refusal of sudo', () => {
  it.each(printed)('%j is %s', (text, refusal) => {
    expect(sudoRefusal(text)).toBe(refusal);
    expect(sudoRefusal(`Welcome!\nsudo: unable to resolve host node-1: Name or service not known\n${text}\n`)).toBe(
      refusal,
    );
  });
});
