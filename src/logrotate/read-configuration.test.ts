import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/runs.ts';
import { arbitraryConfiguration } from './testing/arbitrary-configuration.ts';
import { memoryTree, type MemoryFile } from './testing/memory-tree.ts';
import { memoryFolder, scratchTree } from './testing/scratch-layout.ts';
import type { Block, Configuration } from './configuration.ts';
import { readConfiguration } from './read-configuration.ts';
import { releaseOf, type Release } from './release.ts';

const releases = ['3.8.6', '3.11.0', '3.14.0', '3.18.0', '3.21.0', '3.22.0'].map((version) => releaseOf(version)!);
const today = releaseOf('3.21.0')!;

function read(files: Readonly<Record<string, string | MemoryFile>>, release: Release = today): Configuration {
  const logs = { '/l/a/a.log': {}, '/l/b/b.log': {} };
  const all = Object.entries(files).map(
    ([path, file]) => [path, typeof file === 'string' ? { content: file } : file] as const,
  );
  return readConfiguration('/main', memoryTree({ ...logs, ...Object.fromEntries(all) }), release);
}

const meaning = ({ blocks }: Configuration): unknown =>
  blocks.map(({ patterns, files, settings }: Block) => ({ patterns, files, settings }));

describe('any configuration', () => {
  test('is read without an exception in every release, and all that is said has a place', () => {
    fc.assert(
      fc.property(arbitraryConfiguration, fc.constantFrom(...releases), (configuration, release) => {
        const told = readConfiguration(`${memoryFolder}/logrotate.conf`, scratchTree(configuration), release);

        expect(told.complaints.every(({ file, line }) => file.startsWith(memoryFolder) && line >= 1)).toBe(true);
        expect(
          [...told.blocks, ...told.dropped].every(({ start, end }) => start >= 0 && (end === undefined || end > start)),
        ).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });

  test('of any bytes neither', () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('latin1'));
    const parts = fc.array(
      fc.oneof(
        bytes,
        fc.constantFrom('/l/a/*.log', '{', '}', '\n', 'daily', 'include /main', 'size ', '"', '\\', 'prerotate'),
      ),
      { maxLength: 8 },
    );

    fc.assert(
      fc.property(parts, fc.constantFrom(...releases), (content, release) =>
        Array.isArray(read({ '/main': content.join('') }, release).blocks),
      ),
    );
  });

  test('is read twice the same way', () => {
    fc.assert(
      fc.property(arbitraryConfiguration, (configuration) => {
        const told = (): unknown =>
          readConfiguration(`${memoryFolder}/logrotate.conf`, scratchTree(configuration), today).blocks;
        expect(told()).toEqual(told());
      }),
      { numRuns: 100 },
    );
  });
});

describe('meaning', () => {
  const directive = fc.constantFrom(
    'daily',
    'rotate 3',
    'maxsize 100M',
    'copytruncate',
    'compress',
    'missingok',
    'su root root',
    'dateformat -%Y',
    'minage 2',
  );
  const blank = fc.stringMatching(/^[ \t]{0,3}$/);
  const end = fc.constantFrom('\n', ' \n', '\t\n', '\n\n', '\n   # a comment { }\n');
  const equals = fc.constantFrom(' ', '  ', '\t', '=', ' = ');
  const quoted = fc.constantFrom(
    '/l/*/*.log',
    '"/l/*/*.log"',
    "'/l/*/*.log'",
    '/l/*/"*.log"',
    '/l/\\*/*.log'.replace('\\', '\\\\'),
  );
  const line = fc.tuple(blank, directive, equals, end).map(([before, text, gap, after]) => {
    // `su` and `dateformat` take what stands behind the blank as it is.
    const [word = '', ...rest] = text.split(' ');
    const isPlain = rest.length === 0 || word === 'su';
    return { plain: `${text}\n`, odd: before + (isPlain ? text : word + gap + rest.join(' ')) + after };
  });

  test.each(releases.map((release) => [release.version, release] as const))(
    'does not depend on blanks, comments, quotes and `=` in %s',
    (_version, release) => {
      fc.assert(
        fc.property(
          fc.array(line, { maxLength: 6 }),
          quoted.filter((text) => !text.includes('\\')),
          fc.constantFrom(' {\n', '\n{\n', '{\n'),
          (lines, name, open) => {
            const plain = `/l/*/*.log {\n${lines.map((one) => one.plain).join('')}}\n`;
            const odd = `${name}${open}${lines.map((one) => one.odd).join('')}}\n`;

            expect(meaning(read({ '/main': odd }, release))).toEqual(meaning(read({ '/main': plain }, release)));
          },
        ),
      );
    },
  );

  test('directives of a block win over those before it, and do not reach behind it', () => {
    const told = read({ '/main': 'weekly\nrotate 9\n/l/a/*.log {\n  daily\n}\nrotate 2\n/l/b/*.log {\n}\n' });

    expect(told.blocks.map(({ settings }) => [settings.criterion, settings.rotateCount])).toEqual([
      ['daily', 9],
      ['weekly', 2],
    ]);
  });

  test('an included folder is read in byte order, and what its files set holds on', () => {
    const told = read({
      '/main': 'include /d\n/l/b/*.log {\n}\n',
      '/d/b': 'rotate 7\n',
      '/d/A': 'daily\n/l/a/*.log {\n}\n',
      '/d/a~': 'rotate 1\n',
      '/d/.c': 'compress\n',
    });

    expect(told.readFiles).toEqual(['/main', '/d/.c', '/d/A', '/d/b']);
    expect(
      told.blocks.map(({ file, settings }) => [file, settings.rotateCount, settings.compress, settings.criterion]),
    ).toEqual([
      ['/d/A', 0, true, 'daily'],
      ['/main', 7, true, 'daily'],
    ]);
    expect(told.ignored).toEqual([{ path: '/d/a~', why: 'name', detail: '*~' }]);
  });

  test('the second claim on a log loses it and all behind it', () => {
    const told = read({ '/main': '/l/b/*.log {\n}\n/l/*/*.log {\n}\n' });

    expect(told.blocks.map(({ files }) => files)).toEqual([['/l/b/b.log'], ['/l/a/a.log']]);
    expect(told.complaints).toEqual([{ code: 'duplicate', file: '/main', line: 3, what: '/l/b/b.log' }]);
  });

  test('a closing brace that is missing is silent at the end and costs two blocks before another one', () => {
    const atEnd = read({ '/main': '/l/a/*.log {\n daily\n' });
    const between = read({ '/main': '/l/a/*.log {\n daily\n\n/l/b/*.log {\n weekly\n}\n' });

    expect(atEnd.blocks).toHaveLength(1);
    expect(atEnd.complaints.map(({ code }) => code)).toEqual(['unclosed']);
    expect(between.blocks).toEqual([]);
    expect(between.dropped.map(({ because }) => because.code)).toEqual(['names-inside-block']);
  });

  test.each([
    [releaseOf('3.13.0')!, ['mode', 'mode', undefined]],
    [releaseOf('3.14.0')!, ['mode', undefined, undefined]],
  ])('modes 0664, 0755 and 0644 in $0.version', (release, reasons) => {
    const told = [0o664, 0o755, 0o644].map(
      (mode) => read({ '/main': { content: '/l/a/*.log {\n}\n', mode } }, release).ignored[0]?.why,
    );

    expect(told).toEqual(reasons);
  });

  test('a file of somebody else is passed over, one that nobody looked at is told', () => {
    const base = memoryTree({ '/main': { content: 'include /d/x\ninclude /d/y\n' }, '/d/x': { content: '', uid: 5 } });
    const told = readConfiguration(
      '/main',
      { ...base, entry: (path) => (path === '/d/y' ? 'unseen' : base.entry(path)) },
      today,
    );

    expect(told.ignored).toEqual([{ path: '/d/x', why: 'owner', detail: '5' }]);
    expect(told.unseen).toEqual(['/d/y']);
  });

  test('includes end at the sixteenth level', () => {
    const told = read({ '/main': 'include /main\n' });

    expect(told.readFiles).toHaveLength(17);
    expect(told.complaints.map(({ code }) => code)).toEqual(['include-too-deep']);
  });
});
