import type { Fact } from '../evidence/fact.ts';
import type { ProbedText } from '../runtimes/probed-text.ts';
import script from './reboot-required.sh?raw';

/** Who said it: `/var/run/reboot-required`, or `needs-restarting -r`. */
type Witness = 'file' | 'needs-restarting';

/**
 * Why nothing is known: the file is not root's own; it is older than the boot and was left over; on this node nothing
 * makes it; needs-restarting is not there, or gave another answer than one of its two; no package manager is known.
 */
type RebootDoubt = 'not-of-root' | 'before-boot' | 'no-hook' | 'no-program' | 'no-answer' | 'no-manager';

/** What the node's package manager says of a reboot. */
export type RebootRequired =
  | { readonly required: 'yes'; readonly by: Witness; readonly packages: readonly string[] }
  | { readonly required: 'no'; readonly by: Witness }
  /** `detail`: what the program said first, or how it ended, where that is what is in doubt. */
  | { readonly required: 'unknown'; readonly why: RebootDoubt; readonly detail: string };

export const rebootRequired: Fact<RebootRequired> = {
  key: 'packages/reboot-required',
  script,
  parse: parseRebootRequired,
};

/** The clock may have been set after the boot; a file that outlived it is older by far. */
const clockSeconds = 300;

/** Name of a package of Debian or of RPM; other lines are nobody's. */
const packageName = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,200}$/u;

function parseRebootRequired({ text }: ProbedText): RebootRequired | undefined {
  const said = new Said(text);
  const booted = Number(said.first('btime'));
  if (!Number.isSafeInteger(booted) || booted <= 0) return undefined;
  const file = said.first('file');
  if (file !== undefined) return judgeFile(file, booted, said);
  const manager = said.first('manager');
  if (manager === 'dpkg') return said.all('hook').length > 0 ? { required: 'no', by: 'file' } : unknown('no-hook');
  if (manager === 'rpm') return judgeAnswer(said);
  return manager === undefined ? unknown('no-manager') : undefined;
}

function judgeFile(file: string, booted: number, said: Said): RebootRequired | undefined {
  const [, uid, mode = '', changed] = /^(\d+) ([0-9a-f]+) (\d+)$/u.exec(file) ?? [];
  if (changed === undefined) return undefined;
  const isRegular = (Number.parseInt(mode, 16) & 0o17_0000) === 0o10_0000;
  if (uid !== '0' || !isRegular) return unknown('not-of-root');
  if (Number(changed) < booted - clockSeconds) return unknown('before-boot');
  const packages = said.all('package').filter((line) => packageName.test(line));
  return { required: 'yes', by: 'file', packages: [...new Set(packages)] };
}

/**
 * Its exit code alone says little: 1 is for "a reboot is required", and for whatever went wrong with dnf, a missing
 * plugin for one. Both have to agree. Words: yum-utils 1.1.31 (needs-restarting.py), dnf-plugins-core 4.0 to 4.7
 * (needs_restarting.py), dnf5 5.2 (needs_restarting.cpp).
 */
function judgeAnswer(said: Said): RebootRequired {
  const ended = said.first('ended');
  if (ended === undefined) return unknown('no-program');
  const lines = said.all('said');
  const says = (pattern: RegExp): boolean => lines.some((line) => pattern.test(line));
  if (ended === '0' && says(/^Reboot (?:should not be|is probably not) necessary\.$/u))
    return { required: 'no', by: 'needs-restarting' };
  const isRequired =
    /^Reboot is required to (?:fully utilize these|ensure that your system benefits from these) updates\.$/u;
  if (ended !== '1' || !says(isRequired))
    return unknown('no-answer', lines.find((line) => line !== '') ?? `exit code ${ended}`);
  // `* glibc` of dnf, `dbus -> 1:1.10.24-14.el7_8` of yum.
  const packages = lines.flatMap((line) => /^(?:\* (\S+)|(\S+) -> \S+)$/u.exec(line)?.slice(1) ?? []);
  return {
    required: 'yes',
    by: 'needs-restarting',
    packages: packages.filter((name) => name !== undefined && packageName.test(name)),
  };
}

function unknown(why: RebootDoubt, detail = ''): RebootRequired {
  return { required: 'unknown', why, detail };
}

/** The section's lines, by their first word. */
class Said {
  private readonly lines: ReadonlyMap<string, readonly string[]>;

  constructor(text: string) {
    const pairs = text.split('\n').map((line) => {
      const blank = line.indexOf(' ');
      return blank === -1 ? ([line, ''] as const) : ([line.slice(0, blank), line.slice(blank + 1).trim()] as const);
    });
    this.lines = new Map(
      [...Map.groupBy(pairs, ([word]) => word)].map(([word, those]) => [word, those.map(([, rest]) => rest)]),
    );
  }

  all(word: string): readonly string[] {
    return this.lines.get(word) ?? [];
  }

  first(word: string): string | undefined {
    return this.lines.get(word)?.[0];
  }
}
