export type SudoRefusal = 'absent' | 'password-needed' | 'not-allowed' | 'tty-needed' | 'failed';

/**
 * What sudo says in the C locale, and the shell in its place. Sources: sudo 1.8 and 1.9
 * (plugins/sudoers/auth/sudo_auth.c, logging.c, policy.c: `log_denial`, `requiretty`), sudo-rs 0.2
 * (src/sudo/diagnostic, src/common/error.rs). The first that matches is taken: a user whom no rule allows is asked for
 * a password first, unless the rules ask nobody.
 */
const messages: readonly (readonly [RegExp, SudoRefusal])[] = [
  [/^sudo: (command )?not found/m, 'absent'],
  [/must have a tty to run sudo/, 'tty-needed'],
  [
    /is not in the sudoers file|is not allowed to (execute|run)|may not run sudo|I'm sorry .* I'm afraid I can't do that/,
    'not-allowed',
  ],
  [
    /a password is required|a terminal is required|no tty present|interactive authentication is required/,
    'password-needed',
  ],
];

/** Why `sudo -n` did not run the command, from what was printed before the script could start. */
export function sudoRefusal(printed: string): SudoRefusal {
  return messages.find(([pattern]) => pattern.test(printed))?.[1] ?? 'failed';
}
