import type { ActionStep } from '../action.ts';
import { archiveSteps } from './archive-steps.ts';
import type { ImageAction } from './image-action.ts';

/** How the content comes to the node; nothing comes where it is there. */
export function incomingSteps(spec: ImageAction): readonly ActionStep[] {
  const { source } = spec;
  switch (source.from) {
    case 'node':
      return [];
    case 'registry':
      return [{ name: 'fetch', perform: async () => ({ outcome: 'rejected', detail: 'pulling is not built in yet' }) }];
    case 'archive':
      return archiveSteps({ ...spec, source });
  }
}
