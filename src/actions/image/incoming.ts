import type { ActionStep } from '../action.ts';
import type { ImageAction } from './image-action.ts';

/** How the content comes to the node; nothing comes where it is there. */
export function incomingSteps({ source }: ImageAction): readonly ActionStep[] {
  switch (source.from) {
    case 'node':
      return [];
    case 'registry':
      return [{ name: 'fetch', perform: async () => ({ outcome: 'rejected', detail: 'pulling is not built in yet' }) }];
    case 'archive':
      return [
        { name: 'receive', perform: async () => ({ outcome: 'rejected', detail: 'archives are not built in yet' }) },
      ];
  }
}

/** The name under which the content is on the node before it gets the one that kubelet asks for. */
export function incomingName({ source, digest }: ImageAction, run: string): string {
  switch (source.from) {
    case 'node':
      return source.name;
    case 'registry':
      return source.reference.replace('@', `:nodemend-${run}@`);
    case 'archive':
      return `nodemend.dev/incoming:${run}@${digest}`;
  }
}
