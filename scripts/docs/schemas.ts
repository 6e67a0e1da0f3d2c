import { publishedSchemas } from '../../src/app/documents/published.ts';
import type { Page } from './page.ts';

/** The published schemas: of everything that is printed as JSON, of a bundle, and of a standing approval. */
export const schemaPages: readonly Page[] = [...publishedSchemas].map(([name, schema]) => ({
  path: `docs/reference/${name}.schema.json`,
  render: () => `${JSON.stringify(schema(), undefined, 2)}\n`,
}));
