import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext, ActionKind, ActionState } from '../action.ts';
import { noContents, storedWhole } from '../no-contents.ts';
import { valueOf } from '../node-state/reply.ts';
import type { ImagePinAction } from './image-pin-action.ts';
import { imagePinActionSchema } from './image-pin-schema.ts';
import { imagePinState, pinnedValue, recordsIn } from './image-pin-state.ts';
import { applySteps, imagePinRefusal, look, undoSteps, verifySteps } from './image-pin-steps.ts';
import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };

/** Pins an image of a node's containerd, or takes a pin off. */
export const imagePinKind: ActionKind<ImagePinAction, ImagePinAction> = {
  kind: 'image-pin',
  on: 'node',
  schema: imagePinActionSchema,
  stored: storedWhole(imagePinActionSchema),
  contents: noContents(),
  preview,
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect,
  subject: ({ image }) => image,
  checks: () => [],
  conflictKeys: ({ records }) => records.map(({ name }) => `image-record:${name}`),
  carriedOut: ({ operation, image, records }) => [operation, image, records.map(({ name, digest }) => [name, digest])],
  units: () => [],
  steps: { recording: ['prepare'], committing: ['pin', 'unpin'] },
  texts: { en, ko },
  words: ({ operation }) => ({ change: operation, undo: operation }),
  undoneLast: false,
};

/** The commands, as people would type them. */
function preview(spec: ImagePinAction): string {
  return spec.records
    .map(({ name }) => `ctr -n k8s.io images label ${name} io.cri-containerd.pinned=${pinnedValue(spec)}`)
    .join('\n');
}

/** @throws NodemendError also for a refusal: how far a run got cannot be said then. */
async function inspect(spec: ImagePinAction, context: ActionContext): Promise<ActionState> {
  const reply = await look(spec, context);
  if (reply.outcome === 'refused') {
    const { code, params } = imagePinRefusal(spec, reply, context);
    throw new NodemendError(code, params);
  }
  return imagePinState(spec, valueOf(reply, 'phase'), { run: context.run, found: recordsIn(reply) });
}
