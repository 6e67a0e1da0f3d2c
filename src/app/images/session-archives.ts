import type { ArchiveRequest, Archives, OpenArchive } from '../../actions/image/archives.ts';
import type { ImageArchives, ImageArchivesOptions } from '../../engine/images/image-archives.ts';

/** The archives of a session; what reads them is loaded for the first of them, and most commands have none. */
export class SessionArchives implements Archives {
  readonly #options: ImageArchivesOptions;
  #made: Promise<ImageArchives> | undefined;

  constructor(options: ImageArchivesOptions) {
    this.#options = options;
  }

  get(): Promise<ImageArchives> {
    return (this.#made ??= this.#make());
  }

  async open(request: ArchiveRequest): Promise<OpenArchive> {
    return (await this.get()).open(request);
  }

  async close(): Promise<void> {
    await (await this.#made)?.close();
  }

  async #make(): Promise<ImageArchives> {
    const { ImageArchives } = await import('../../engine/images/image-archives.ts');
    return new ImageArchives(this.#options);
  }
}
