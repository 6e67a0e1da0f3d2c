import { sha256 } from '../../../hash/sha256.ts';

/** The section `rotation-files` as a list, so that tests can write one as the probe would. */
export interface SectionFiles {
  /** Lines before the files: accounts, folders, links. */
  readonly head: readonly string[];
  readonly files: readonly SectionFile[];
  readonly separator: string;
}

/** A regular file that can be read; content one character a byte. */
export interface SectionFile {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content: string;
}

const regular = 0o100000;

export function renderSectionFiles({ head, files, separator }: SectionFiles): string {
  const stats = files.map(
    ({ path, mode, uid, gid, content }) =>
      `file ${(regular | mode).toString(16)} ${uid} ${gid} ${content.length} ${path}`,
  );
  const sums = files.map(({ path, content }) => `${sha256(Buffer.from(content, 'latin1'))}  ${path}`);
  const lines = [...head, ...stats, ...sums, `separator ${separator}`, '', ''];
  return lines.join('\n') + files.map(({ content }) => `${content}\n${separator}\n`).join('');
}

/** Takes a section apart that holds nothing but regular files that can be read. */
export function parseSectionFiles(text: string): SectionFiles {
  const [, header = '', separator = ''] = /^([^]*?)separator (.+)\n\n/.exec(text) ?? [];
  const body = text.slice(header.length + `separator ${separator}\n\n`.length);
  const contents = body.split(`\n${separator}\n`);
  const lines = header.split('\n').filter((line) => line !== '');
  const files = lines
    .filter((line) => line.startsWith('file '))
    .map((line, index) => parseFile(line, contents[index] ?? ''));
  return { head: lines.filter((line) => !/^(?:file |[0-9a-f]{64} )/.test(line)), files, separator };
}

function parseFile(line: string, content: string): SectionFile {
  const [, mode = '', uid, gid, , ...path] = line.split(' ');
  return {
    path: path.join(' '),
    mode: Number.parseInt(mode, 16) & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    content,
  };
}
