/** The account files of a node: the machine's system accounts, which its programs rely on, and one login user. */
export interface Accounts {
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
  readonly gshadow: string;
}

const loginId = 1000;
/** `nobody` is a system account in spite of its number. */
const nobody = 65534;

/**
 * Derives a node's accounts from the machine's /etc/passwd and /etc/group. People's accounts of the machine are left
 * out, and no password of the machine is copied: every account gets `*`, which matches no password and is not the `!`
 * of a locked account, with which sshd would refuse keys too.
 */
export function nodeAccounts(machine: { readonly passwd: string; readonly group: string }, user: string): Accounts {
  const users = systemLines(machine.passwd).filter((line) => nameOf(line) !== user);
  const groups = systemLines(machine.group)
    .filter((line) => nameOf(line) !== user)
    .map(withoutMembers);
  const userNames = [...users.map(nameOf), user];
  const groupNames = [...groups.map(nameOf), user];
  return {
    passwd: text([...users, `${user}:x:${loginId}:${loginId}:${user}:/home/${user}:/bin/bash`]),
    group: text([...groups, `${user}:x:${loginId}:`]),
    shadow: text(userNames.map((name) => `${name}:*:19700:0:99999:7:::`)),
    gshadow: text(groupNames.map((name) => `${name}:*::`)),
  };
}

function systemLines(file: string): readonly string[] {
  return file.split('\n').filter((line) => {
    // Lines of NIS (`+@group::::::`) are no accounts of the machine.
    const id = /^[^:+-][^:]*:[^:]*:(\d+):/.exec(line)?.[1];
    return id !== undefined && (Number(id) < loginId || Number(id) === nobody);
  });
}

function withoutMembers(line: string): string {
  return `${line.split(':').slice(0, 3).join(':')}:`;
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':'));
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
