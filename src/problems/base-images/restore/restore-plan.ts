import type { ImageAction } from '../../../actions/image/image-action.ts';
import { headroomOf, type KnownHeadroom } from '../../../images/headroom.ts';
import type { ChosenSource } from '../../../images/sources/choose-source.ts';
import { helpsNobody } from '../../../images/needed-images.ts';
import { asOneChange, joinedPlans, nothingPlanned, refusedPlan } from '../../kit/plan-parts.ts';
import type { PlanInput, ProblemPlan } from '../../problem.ts';
import { restoreRemedy } from '../../../images/sources/restore-inputs.ts';
import type { BaseImagesInputs } from '../inputs.ts';
import { missingRule, type Missing } from '../missing.ts';
import { isCuredBy } from '../rules.ts';
import { declinedPlan } from './declined-sources.ts';
import { imageNeeds, type ImageNeeds, type NeedyNode } from './needy-images.ts';
import { isUsualSocket, restoreAction } from './restore-action.ts';
import { restoreChoice } from './restore-choice.ts';
import { lackingRoom, roomOf, roomParams, takenBy, type Planned, type Taken } from './room.ts';

type Input = PlanInput<BaseImagesInputs>;

/** Brings what is missing back from the first source that is right for it, as far as there is room. Pure. */
export function planRestores(input: Input): ProblemPlan {
  const { evidence, remedies, inputs } = input;
  const open = openFindings(input);
  if (open.size === 0) return nothingPlanned;
  if (remedies?.has(restoreRemedy) !== true) return refusedPlan([...open.values()], 'restore-opt-in', {});
  const needs = imageNeeds(evidence, inputs?.[restoreRemedy]?.images);
  return joinedPlans(needs.needy.map((node, turn) => planNode({ input, open, node, needs, turn })));
}

/** Fingerprints of findings of images that are missing, by node and rule. */
function openFindings({ findings }: Input): ReadonlyMap<string, string> {
  return new Map(
    findings.flatMap((finding) => {
      const { rule, subject, fingerprint } = finding;
      return isCuredBy(finding, 'restore') && subject.kind === 'node'
        ? [[`${subject.name} ${rule}`, fingerprint] as const]
        : [];
    }),
  );
}

interface NodePlanning {
  readonly input: Input;
  readonly open: ReadonlyMap<string, string>;
  readonly node: NeedyNode;
  readonly needs: ImageNeeds;
  readonly turn: number;
}

function planNode(planning: NodePlanning): ProblemPlan {
  const { node, open } = planning;
  const headroom = headroomOf(node.view);
  let taken: Planned = { bytes: 0, inodes: 0 };
  const plans: ProblemPlan[] = [];
  for (const missing of node.missing) {
    const cures = open.get(`${node.view.node.name} ${missingRule(missing)}`);
    if (cures === undefined) continue;
    const plan = planImage({ ...planning, missing, cures }, headroom, taken);
    for (const action of plan.actions) {
      if (action.kind !== 'image') continue;
      const { needed, inodes } = action.room;
      taken = { bytes: taken.bytes + needed, inodes: taken.inodes + (inodes?.needed ?? 0) };
    }
    plans.push(plan);
  }
  return joinedPlans(plans);
}

interface ImagePlanning extends NodePlanning {
  readonly missing: Missing;
  readonly cures: string;
}

/** @param taken what the images before it take */
function planImage(planning: ImagePlanning, headroom: KnownHeadroom, taken: Planned): ProblemPlan {
  const { input, node, needs, turn, missing, cures } = planning;
  const { name } = missing.image;
  const { platform } = node.store;
  if (helpsNobody(missing.image)) return refusedPlan([cures], 'restore-always', { image: name });
  if (platform === undefined) return refusedPlan([cures], 'restore-platform', { image: name });
  const { chosen, declined } = restoreChoice({ input, node, needs, turn, name, platform });
  // A pod that asks for a name means it.
  const isTyped =
    input.inputs?.[restoreRemedy]?.images?.has(name) === true &&
    !needs.ofPods.has(name) &&
    missing.image.wanted.every(({ by }) => by === 'configuration');
  if (chosen === undefined)
    return declinedPlan({ image: name, declined, cures, isTyped, input, cluster: needs.cluster });
  if (!isUsualSocket(node)) return refusedPlan([cures], 'restore-socket', { image: name });
  return withRoom({ planning, platform, chosen }, headroom, taken);
}

interface Restore {
  readonly planning: ImagePlanning;
  readonly platform: string;
  readonly chosen: ChosenSource;
}

function withRoom({ planning, platform, chosen }: Restore, known: KnownHeadroom, taken: Planned): ProblemPlan {
  const { node, missing, cures } = planning;
  const { name } = missing.image;
  const planned = (room: ImageAction['room']): ProblemPlan =>
    // Each image is a change of its own: one that fails takes no other back.
    asOneChange(name, {
      actions: [restoreAction({ node, missing, cures, platform, chosen, room })],
      refused: missing.image.isAlwaysPulled ? notCured(missing, cures) : [],
    });
  // Of what is there nothing comes: it may be named however full the disk is.
  if (chosen.bytes === 0) return planned({ path: folderOf(node), needed: 0, keepFree: 0 });
  if (known.state === 'unknown') return refusedPlan([cures], `restore-room-unknown.${known.why}`, { image: name });
  const takes = takenBy(node, chosen);
  const lacking = lackingRoom(takes, known.headroom, taken);
  if (lacking === undefined) return planned(roomOf(known.headroom, takes));
  const params = roomParams(node, name, takes, lacking.left);
  if (lacking.of === 'bytes') return refusedForRoom(cures, takes, params);
  return lacking.of === 'archive'
    ? refusedPlan([cures], 'restore-room-elsewhere', params)
    : refusedPlan([cures], 'restore-room-inodes', { ...params, freeInodes: lacking.left });
}

/** Somebody asked for it, and its pods start as little as before. */
function notCured({ image: { name: image }, isWaitedFor }: Missing, cures: string): ProblemPlan['refused'] {
  const { refused } = refusedPlan([cures], 'restore-always-named', { image });
  return isWaitedFor ? refused : refused.map((one) => ({ ...one, optional: true as const }));
}

function refusedForRoom(cures: string, { archive }: Taken, params: ReturnType<typeof roomParams>): ProblemPlan {
  const room = archive === 0 ? 'restore-room' : 'restore-archive-room';
  return refusedPlan([cures], `${room}.${params.deadCount === 0 ? 'none-dead' : 'dead'}`, params);
}

/** Where runtimes keep images by default. */
const folders = { containerd: '/var/lib/containerd', docker: '/var/lib/docker' } as const;

function folderOf({ view: { room }, store: { runtime } }: NeedyNode): string {
  return room.state === 'seen' ? room.value.path : folders[runtime];
}
