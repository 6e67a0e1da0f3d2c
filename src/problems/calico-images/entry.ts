import type { CatalogueEntry } from '../catalogue-entry.ts';
import { meta } from './meta.ts';

export const calicoImages: CatalogueEntry = {
  meta,
  texts: {
    en: async () => (await import('./text.en.json', { with: { type: 'json' } })).default,
    ko: async () => (await import('./text.ko.json', { with: { type: 'json' } })).default,
  },
  page: {
    en: async () => (await import('./README.md?raw')).default,
    ko: async () => (await import('./README.ko.md?raw')).default,
  },
  load: async () => (await import('./problem.ts')).calicoImages,
};
