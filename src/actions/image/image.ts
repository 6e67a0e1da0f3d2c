import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext, ActionKind, ActionState, Told } from '../action.ts';
import { noContents, storedWhole } from '../no-contents.ts';
import { valueOf } from '../node-state/reply.ts';
import type { ImageAction, RegistrySource } from './image-action.ts';
import { imageRefusal } from './image-refusal.ts';
import { imageActionSchema } from './image-schema.ts';
import { imageState, nameIn } from './image-state.ts';
import { applySteps, look, pauseSteps, undoSteps, verifySteps } from './image-steps.ts';
import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };

/** Makes an image be on a node under the name that kubelet asks for. */
export const imageKind: ActionKind<ImageAction, ImageAction> = {
  kind: 'image',
  on: 'node',
  schema: imageActionSchema,
  stored: storedWhole(imageActionSchema),
  contents: noContents(),
  preview,
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  pause: pauseSteps,
  inspect,
  subject: ({ image }) => image,
  checks: () => [],
  conflictKeys: ({ image }) => [`image-record:${image}`],
  carriedOut: ({ image, digest, source }) => [image, digest, source],
  units: () => [],
  steps: { recording: ['prepare'], committing: ['name'] },
  texts: { en, ko },
  words: ({ was, source }) =>
    was === '' ? { change: source.from, undo: 'name' } : { change: 'content', undo: 'content' },
  tells: ({ source }) => (source.from === 'registry' ? toldOf(source) : []),
  undoneLast: false,
};

/** A login goes where its registry and the node's runtime say: hosts, never who logs in. */
function toldOf({ reference, login }: RegistrySource): readonly Told[] {
  if (login === undefined) return [];
  const { hosts = [reference.slice(0, reference.indexOf('/'))], further } = login;
  return [{ key: `tells.login${further ? '-further' : ''}`, params: { hosts: hosts.join(', ') } }];
}

/** The name that is made, what it will stand for, and where that comes from. */
function preview({ image, digest, was, bytes, source }: ImageAction): string {
  return [`${was === '' ? '+' : ' '}${image} → ${digest}`, ` from ${placeOf(source)}, ${bytes} bytes`].join('\n');
}

function placeOf(source: ImageAction['source']): string {
  switch (source.from) {
    case 'node':
      return source.name;
    case 'registry':
      return source.reference;
    case 'archive':
      return 'file' in source.of ? source.of.file : [source.of.node, ...(source.of.others ?? [])].join(' or ');
  }
}

/** @throws NodemendError also for a refusal: how far a run got cannot be said then. */
async function inspect(spec: ImageAction, context: ActionContext): Promise<ActionState> {
  const reply = await look(spec, context, 'read');
  if (reply.outcome === 'refused') {
    const { code, params } = imageRefusal(spec, reply, context);
    throw new NodemendError(code, params);
  }
  return imageState(spec, valueOf(reply, 'phase'), nameIn(reply), context.run);
}
