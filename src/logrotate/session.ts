import type {
  AbandonedFile,
  Block,
  Complaint,
  Configuration,
  DroppedBlock,
  IgnoredFile,
  OutsideDirective,
  WrittenDirective,
} from './configuration.ts';
import type { FileTree } from './file-tree.ts';
import type { Release } from './release.ts';
import type { Settings } from './settings.ts';
import { defaultTaboo, type TabooPattern } from './taboo.ts';

/** What directives act on: the defaults, or the block that is being read. */
export interface Target {
  settings: Settings;
}

/** A block while it is read. */
export interface DraftBlock extends Target {
  readonly file: string;
  readonly start: number;
  end: number | undefined;
  patterns: readonly string[];
  files: string[];
  readonly written: WrittenDirective[];
}

/** The state that all files of one run share. */
export class Session {
  readonly release: Release;
  readonly tree: FileTree;
  readonly blocks: DraftBlock[] = [];
  readonly dropped: DroppedBlock[] = [];
  readonly outside: OutsideDirective[] = [];
  readonly readFiles: string[] = [];
  readonly ignored: IgnoredFile[] = [];
  readonly abandoned: AbandonedFile[] = [];
  readonly complaints: Complaint[] = [];
  readonly unseen: string[] = [];
  readonly unpredictable: string[] = [];
  /** One list for the whole run: a file that changes it changes it for every folder read later. */
  taboo: readonly TabooPattern[];
  /** Includes within includes. */
  depth = 0;
  /** Files and folders that were read so far, each time counted. */
  reads = 0;
  /** Reads a file or a folder of files with the target's settings; false when something in it failed. */
  readonly readPath: (path: string, target: Target) => boolean;
  /** Who holds a log, so that a second claim is seen at once on a node with thousands of logs. */
  private readonly holders = new Map<string, DraftBlock[]>();

  constructor(release: Release, tree: FileTree, readPath: (session: Session, path: string, target: Target) => boolean) {
    this.release = release;
    this.tree = tree;
    this.taboo = defaultTaboo(release);
    this.readPath = (path, target) => readPath(this, path, target);
  }

  addBlock(file: string, start: number, settings: Settings): DraftBlock {
    const block: DraftBlock = { file, start, end: undefined, patterns: [], files: [], written: [], settings };
    this.blocks.push(block);
    return block;
  }

  holdersOf(path: string): readonly DraftBlock[] {
    return this.holders.get(path) ?? [];
  }

  addFile(block: DraftBlock, path: string): void {
    block.files.push(path);
    this.holders.set(path, [...this.holdersOf(path), block]);
  }

  forgetFiles(block: DraftBlock): void {
    for (const path of block.files) {
      this.holders.set(
        path,
        this.holdersOf(path).filter((holder) => holder !== block),
      );
    }
    block.files = [];
  }

  /** Throws away the blocks behind the first `keep` (freeTailLogs). */
  dropBehind(keep: number, because: Complaint): void {
    for (const block of this.blocks.splice(keep)) {
      this.dropped.push({ ...finished(block), because });
      this.forgetFiles(block);
    }
  }

  /** The last thing complained about; there is one whenever something is dropped. */
  get lastComplaint(): Complaint {
    return this.complaints.at(-1) ?? { code: 'bad-line', file: '', line: 0, what: '' };
  }

  result(): Configuration {
    return {
      release: this.release,
      blocks: this.blocks.map(finished),
      dropped: this.dropped,
      outside: this.outside,
      readFiles: this.readFiles,
      ignored: this.ignored,
      abandoned: this.abandoned,
      complaints: this.complaints,
      unseen: this.unseen,
      unpredictable: this.unpredictable,
    };
  }
}

function finished(block: DraftBlock): Block {
  const { file, start, end, patterns, settings } = block;
  return { file, start, end, patterns, settings, files: [...block.files], written: [...block.written] };
}
