import type { ActionStep } from '../action.ts';
import { archiveSteps } from './archive-steps.ts';
import type { ImageAction } from './image-action.ts';
import { fetchSteps } from './registry-source.ts';

/** How the content comes to the node; nothing comes where it is there. */
export function incomingSteps(spec: ImageAction): readonly ActionStep[] {
  const { source } = spec;
  switch (source.from) {
    case 'node':
      return [];
    case 'registry':
      return fetchSteps(spec, source);
    case 'archive':
      return archiveSteps({ ...spec, source });
  }
}
