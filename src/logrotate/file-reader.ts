import { splitWords } from './argument-words.ts';
import { isAlpha, isBlank, isSpace } from './characters.ts';
import type { Complaint, ComplaintCode } from './configuration.ts';
import { Cursor } from './cursor.ts';
import { directives, type Directive } from './directives.ts';
import { expandGlob, missingFolderOf } from './glob.ts';
import { takeNames } from './names-text.ts';
import { oldDirTrouble } from './old-dir.ts';
import type { DraftBlock, Session, Target } from './session.ts';

/** `next` goes on with the character behind; `abort` gives the file up. */
export type Outcome = 'next' | 'abort';

/**
 * Reads one file the way logrotate's own reader does, one character at a time, because what it makes of a faulty file
 * depends on exactly where it stands (`readConfigFile` in config.c, 3.21.0; releases differ by `Release`).
 */
export class FileReader {
  readonly session: Session;
  readonly path: string;
  readonly cursor: Cursor;
  target: Target;
  /** Errors were found that make the file fail although it was read to its end. */
  failed = false;
  private readonly defaults: Target;
  private block: DraftBlock | undefined;
  /** Inside a script, until `endscript`. */
  private inScript = false;
  private scriptOffset: number | undefined;
  private scriptWord = '';
  private skippingLine = false;
  private skippingBlock = false;
  private behindBlock = false;
  private inError = false;
  /** Of the block's last pattern; whether it counts is known when the block's `missingok` is. */
  private missingFolder: string | undefined;

  constructor(session: Session, path: string, text: string, defaults: Target) {
    this.session = session;
    this.path = path;
    this.cursor = new Cursor(text, session.release.readsPastEnd);
    this.defaults = defaults;
    this.target = defaults;
  }

  /** Whether the file was read without an error that counts. */
  read(): boolean {
    while (!this.cursor.atEnd) {
      if (this.step() === 'abort') return this.giveUp();
      this.cursor.at += 1;
    }
    if (this.scriptOffset !== undefined) {
      this.complain('script-without-end', '', this.scriptOffset);
      return this.giveUp();
    }
    // logrotate says nothing: the block stays in force, but whatever is appended to the file will break it.
    if (this.block !== undefined) this.complain('unclosed', this.block.patterns.join(' '), this.block.start);
    return !this.failed || this.session.release.errorDropsFile;
  }

  complain(code: ComplaintCode, what: string, offset = this.cursor.at): void {
    this.session.complaints.push({ code, file: this.path, line: this.cursor.lineOf(offset), what });
  }

  /** An error inside a block costs the block; outside of one, the file. */
  raise(): Outcome {
    if (this.block === undefined) return 'abort';
    this.inError = true;
    return 'next';
  }

  /** What has no value is an error since 3.19, and passed over before. */
  valueMissing(directive: string): Outcome {
    this.complain('missing-value', directive);
    return this.session.release.strict ? this.raise() : 'next';
  }

  get insideBlock(): boolean {
    return this.block !== undefined;
  }

  failBlock(): void {
    this.inError = true;
  }

  openScript(): void {
    this.inScript = true;
    this.scriptOffset = this.cursor.at;
  }

  private step(): Outcome {
    if (this.inError) return this.stepError();
    if (this.skippingLine) return this.stepSkippedLine();
    if (this.inScript) return this.stepScript();
    if (this.behindBlock) return this.stepBehindBlock();
    if (this.skippingBlock) return this.stepSkippedBlock();
    return this.stepPlain();
  }

  private stepPlain(): Outcome {
    const { character } = this.cursor;
    if (isBlank(character) || character === '\n') return 'next';
    if (character === '#') this.skippingLine = true;
    else if (isAlpha(character)) return this.readDirective();
    else if (character === '}') return this.closeBlock();
    else if ('/"\'~'.includes(character)) return this.readNames();
    else return this.badLine();
    return 'next';
  }

  private readDirective(): Outcome {
    const { release } = this.session;
    const start = this.cursor.at;
    const word = this.cursor.takeWord();
    if (release.strict && !this.isSeparated()) {
      this.complain('not-separated', word, start);
      return this.raise();
    }
    const directive = release.unknownDirectives.has(word) ? undefined : directives.get(word);
    if (directive !== undefined) return this.follow(directive, word);
    this.complain('unknown-directive', word, start);
    this.skippingLine = this.cursor.character !== '\n';
    return 'next';
  }

  private follow(directive: Directive, word: string): Outcome {
    const behind = this.cursor.at;
    const outcome = directive(this, word);
    if (this.inScript) this.scriptWord = word;
    // A value ends on its last character, a word alone behind itself.
    else this.note(word, behind, this.cursor.text.slice(behind, Math.max(behind, this.cursor.at + 1)));
    return outcome;
  }

  /** Keeps a directive as it was written. */
  private note(word: string, behind: number, text: string): void {
    // Not trim(): a byte of a letter may look like a space to it.
    const value = text.replace(/^[ \t]*=?[ \t\n\v\f\r]*|[ \t\n\v\f\r]+$/g, '');
    if (this.block === undefined)
      this.session.outside.push({ file: this.path, start: behind - word.length, word, value });
    else this.block.written.push({ word, value });
  }

  private isSeparated(): boolean {
    const { character, atEnd } = this.cursor;
    return isSpace(character) || character === '=' || (atEnd && !this.session.release.readsPastEnd);
  }

  private badLine(): Outcome {
    this.complain('bad-line', this.cursor.character);
    if (this.session.release.strict) return this.raise();
    this.skippingLine = true;
    return 'next';
  }

  private readNames(): Outcome {
    const start = this.cursor.at;
    if (this.block !== undefined) {
      // The closing brace of the block before is missing.
      this.complain('names-inside-block', this.block.patterns.join(' '));
      this.inError = true;
      return 'next';
    }
    this.block = this.session.addBlock(this.path, start, this.defaults.settings);
    this.target = this.block;
    const names = takeNames(this.cursor, this.session.release);
    if (names.code !== undefined) return this.badNames(names.code, start);
    const words = splitWords(names.text);
    if (words === 'ends-in-backslash') return this.badNames('bad-quoting', start);
    if (words.length === 0) return this.badNames('no-names', start);
    this.block.patterns = words;
    for (const word of words) this.addFiles(this.block, word, start);
    return 'next';
  }

  private badNames(code: ComplaintCode, start: number): Outcome {
    this.complain(code, '', start);
    // No name counts, but the first line of them tells what the block was meant for.
    const [line = ''] = this.cursor.text.slice(start).split(/[{\n]/, 1);
    const words = splitWords(line);
    if (this.block !== undefined && words !== 'ends-in-backslash') this.block.patterns = words;
    return 'abort';
  }

  /** After the first log that another block, or this one, already holds, the rest of the pattern's matches get lost. */
  private addFiles(block: DraftBlock, pattern: string, offset: number): void {
    if (this.failed && this.session.release.errorDropsFile) return;
    this.missingFolder = this.session.release.needsFolder ? missingFolderOf(pattern, this.session.tree) : undefined;
    if (this.missingFolder !== undefined) return;
    for (const path of expandGlob(pattern, this.session.tree)) {
      const holders = this.session.holdersOf(path);
      if (holders.some((holder) => !holder.settings.ignoreDuplicates)) {
        this.complain('duplicate', path, offset);
        this.failed = true;
        return;
      }
      if (holders.length === 0) this.session.addFile(block, path);
    }
  }

  private closeBlock(): Outcome {
    const { block } = this;
    if (block === undefined) {
      this.complain('unexpected-closing-brace', '');
      return 'abort';
    }
    block.end = this.cursor.at + 1;
    const trouble = this.closingTrouble(block);
    if (trouble !== undefined) {
      this.complain(trouble.code, trouble.what, block.start);
      return 'abort';
    }
    this.leaveBlock();
    this.behindBlock = true;
    return 'next';
  }

  private closingTrouble(block: DraftBlock): Pick<Complaint, 'code' | 'what'> | undefined {
    const missing = block.settings.missingOk ? undefined : this.missingFolder;
    this.missingFolder = undefined;
    if (missing !== undefined) return { code: 'log-folder-missing', what: missing };
    return oldDirTrouble(block, this.session);
  }

  private stepBehindBlock(): Outcome {
    const { character } = this.cursor;
    if (isBlank(character)) return 'next';
    this.behindBlock = false;
    if (character !== '\n') {
      this.complain('text-after-brace', character);
      this.skippingLine = true;
    }
    return 'next';
  }

  private stepSkippedLine(): Outcome {
    if (this.cursor.character === '\n') this.skippingLine = false;
    return 'next';
  }

  private stepScript(): Outcome {
    if (this.cursor.takeWord() === 'endscript') {
      this.inScript = false;
      const body = this.cursor.text.slice(this.scriptOffset ?? this.cursor.at, this.cursor.at);
      if (this.scriptOffset !== undefined)
        this.note(this.scriptWord, this.scriptOffset, body.replace(/endscript$/, ''));
      this.scriptOffset = undefined;
    } else {
      this.skippingLine = this.cursor.character !== '\n';
    }
    return 'next';
  }

  /** The character that stands here is swallowed, even a closing brace. */
  private stepError(): Outcome {
    this.inError = false;
    this.skippingBlock = true;
    if (this.session.release.blockErrorFailsFile) this.failed = true;
    return 'next';
  }

  /** Looks for the closing brace at the beginning of a line: one behind blanks is not seen. */
  private stepSkippedBlock(): Outcome {
    if (this.cursor.character === '}') {
      this.skippingBlock = false;
      if (this.block !== undefined) this.block.end = this.cursor.at + 1;
      this.session.dropBehind(this.session.blocks.length - 1, this.session.lastComplaint);
      this.leaveBlock();
      return 'next';
    }
    const word = this.cursor.takeWord();
    if (/^(?:(?:pre|post)rotate|(?:first|last)action|preremove)$/.test(word)) this.inScript = true;
    else this.skippingLine = this.cursor.character !== '\n';
    return 'next';
  }

  private leaveBlock(): void {
    this.block = undefined;
    this.target = this.defaults;
  }

  private giveUp(): false {
    const { text, at } = this.cursor;
    const newline = text.indexOf('\n', at);
    this.session.abandoned.push({
      file: this.path,
      rest: newline < 0 ? '' : text.slice(newline + 1),
      because: this.session.lastComplaint,
    });
    if (this.session.release.strict && this.block !== undefined) {
      this.session.dropBehind(this.session.blocks.length - 1, this.session.lastComplaint);
    }
    return false;
  }
}
