import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivateRoot, type PrivateRoot } from './private-root.ts';
import sudoUsersScript from './sudo-users.sh?raw';

/** What is special about a user of the node. */
export type LoginUser =
  | 'root'
  /** Becomes root without a password. */
  | 'sudo-works'
  | 'sudo-password'
  /** May run one harmless program as root, and nothing else. */
  | 'sudo-other'
  | 'sudo-tty'
  /** Its bash prints on both streams before any command, without a newline at the end. */
  | 'noisy'
  | 'tcsh-user'
  | 'fish-user'
  /** Its login shell runs nothing. */
  | 'no-login';

/** A node with users of all kinds, in a root file system of its own. */
export interface LoginNode {
  readonly root: PrivateRoot;
  /** How many processes on it have the text among their arguments. */
  readonly processesWith: (text: string) => number;
  readonly close: () => Promise<void>;
}

export interface LoginNodeOptions {
  /** What `/bin/sh` is. */
  readonly sh?: 'dash' | 'bash' | 'busybox';
  readonly sudo?: boolean;
}

const setUp = `
set -eu
shell=$1
with_sudo=$2
home=$3
ln -sf "$(command -v "$shell")" /bin/sh

# ssh and sshd find a home in the password database, whatever HOME says.
sed -i "s|^root:\\([^:]*:[^:]*:[^:]*:[^:]*\\):[^:]*:.*|root:\\1:$home/root:/bin/sh|" /etc/passwd
mkdir -m 700 "$home/root"

add() {
  # A password that nothing matches: without one sshd takes the account for locked.
  useradd --create-home --base-dir "$home" --shell "$2" --password '*' "$1"
}
add noisy /bin/bash
add tcsh-user /bin/tcsh
add fish-user /usr/bin/fish
add no-login /usr/sbin/nologin

cat >"$home/noisy/.bashrc" <<'NOISE'
echo "Welcome to node $(hostname)!"
printf 'no newline here'
printf 'warning: rc file' >&2
NOISE

cat >/etc/sudoers.d/users <<'RULES'
noisy ALL=(ALL) NOPASSWD: ALL
tcsh-user ALL=(ALL) NOPASSWD: ALL
fish-user ALL=(ALL) NOPASSWD: ALL
RULES
chmod 440 /etc/sudoers.d/users
[ "$with_sudo" = yes ] || rm "$(command -v sudo)"
`;

export async function createLoginNode({ sh = 'dash', sudo = true }: LoginNodeOptions = {}): Promise<LoginNode> {
  const root = await createPrivateRoot();
  const home = join(root.shared, 'home');
  mkdirSync(home);
  chmodSync(root.shared, 0o755);
  root.run(sudoUsersScript, home);
  root.run(setUp, sh, sudo ? 'yes' : 'no', home);
  return {
    root,
    processesWith: (text) =>
      root
        .run('ps -eo args')
        .split('\n')
        .filter((line) => line.includes(text)).length,
    close: root.close,
  };
}

/** Program and arguments that run what follows them as a user of the node, in a session of its own. */
export function enterAs(root: PrivateRoot, user: LoginUser): readonly string[] {
  const session = [...root.enter, 'setsid', '--wait'];
  if (user === 'root') return session;
  return [...session, 'setpriv', '--reuid', user, '--regid', user, '--init-groups', '--reset-env', '--'];
}
