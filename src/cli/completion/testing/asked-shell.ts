import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A shell that is asked what TAB would offer. */
export interface AskedShell {
  /** What the last of the words may become; the words are as they would be typed, quotes included. */
  readonly offers: (words: readonly string[]) => Promise<readonly string[]>;
  readonly close: () => void;
}

export interface Fixture {
  /** The completion script. */
  readonly script: string;
  /** The shell's working folder, which is its HOME, too. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Prints the words of a command line as the shell has parsed them. */
const show = `show() { printf 'SHOWN'; printf '<%s>' "$@"; printf 'END\\n'; }`;
/** Whatever a completion starts would have to be found here. */
const noPrograms = 'PATH=/nonexistent';

/** bash on a terminal, whose readline is told to put everything that TAB would offer onto the line. */
export function askedBash(fixture: Fixture): AskedShell {
  const settings = ["PS1='READY> '", "bind 'set enable-bracketed-paste off'", 'unset HISTFILE', show, noPrograms];
  writeFileSync(join(fixture.folder, '.rc'), [...settings, fixture.script, ''].join('\n'));
  return askedTerminal(fixture, 'bash --noprofile --rcfile .rc -i', '\u001b*');
}

/** zsh on a terminal, with a key for the same (zshcompsys(1), _all_matches). */
export function askedZsh(fixture: Fixture): AskedShell {
  const key = [
    'zle -C all-matches complete-word _generic',
    "bindkey '^X^A' all-matches",
    "zstyle ':completion:all-matches::::' completer _all_matches _complete",
    "zstyle ':completion:all-matches:*' insert true",
  ];
  const settings = [
    "PS1='READY> '",
    'unset zle_bracketed_paste HISTFILE',
    'autoload -Uz compinit',
    'compinit -u -D',
    show,
    noPrograms,
    ...key,
  ];
  writeFileSync(join(fixture.folder, '.zshrc'), [...settings, fixture.script, ''].join('\n'));
  return askedTerminal(fixture, 'zsh -i', '\u0018\u0001');
}

function askedTerminal({ folder, environment }: Fixture, command: string, key: string): AskedShell {
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      TERM: 'dumb',
      LC_ALL: 'C.UTF-8',
      INPUTRC: '/dev/null',
      HOME: folder,
      ZDOTDIR: folder,
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  let heard = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    heard();
  });
  /** What was said until the pattern came; it is forgotten then. */
  const until = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${command} did not say ${pattern}: ${JSON.stringify(said)}`)),
        20_000,
      );
      heard = () => {
        const found = pattern.exec(said);
        if (!found) return;
        clearTimeout(late);
        heard = () => undefined;
        said = said.slice(found.index + found[0].length);
        resolve(found);
      };
      heard();
    });
  let ready: Promise<unknown> | undefined;
  return {
    offers: async (words) => {
      await (ready ??= until(/READY> /));
      child.stdin.write(`${words.join(' ')}${key}\u0001show \n`);
      const [, shown = ''] = await until(/SHOWN([^]*?)END\r?\n[^]*?READY> /);
      const all = shown.slice(1, -1).split('><');
      // Nothing to offer leaves the word as it was.
      return all.slice(words.length - 1).filter((word) => word !== '' && word !== words.at(-1));
    },
    close: () => void child.kill('SIGKILL'),
  };
}

/** fish answers such a question itself. */
export function askedFish(fixture: Fixture): AskedShell {
  const folder = join(fixture.folder, '.config', 'fish');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'nodemend.fish'), fixture.script);
  return {
    offers: (words) => {
      const asked = [
        '-N',
        '-c',
        'source $argv[1]; set -gx PATH /nonexistent; complete -C $argv[2]',
        join(folder, 'nodemend.fish'),
        words.join(' '),
      ];
      const { stdout, stderr, status } = spawnSync('fish', asked, {
        cwd: fixture.folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: fixture.folder, LC_ALL: 'C.UTF-8', ...fixture.environment },
      });
      if (status !== 0 || stderr !== '') throw new Error(`fish: ${status} ${stderr}`);
      return Promise.resolve(
        stdout
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => line.split('\t')[0] ?? ''),
      );
    },
    close: () => undefined,
  };
}
