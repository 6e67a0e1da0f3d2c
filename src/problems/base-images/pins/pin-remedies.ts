import { storedName } from '../../../images/needed-images.ts';
import type { NodeView } from '../../../images/node-view.ts';
import type { PinRequest } from '../../../images/pins/pin-request.ts';
import { joinedPlans } from '../../kit/plan-parts.ts';
import type { PlanInput, ProblemPlan } from '../../problem.ts';
import type { Trouble } from '../../kit/rules.ts';
import { planPins, type WantedPins } from './pin-plan.ts';
import { imagesOfEdited, unprotectedImages } from '../pins.ts';
import { isCuredBy } from '../rules.ts';
import type { BaseImagesInputs } from '../inputs.ts';
import { staleImages } from './stale-pins.ts';

type Input = PlanInput<BaseImagesInputs>;

const operations = ['pin', 'unpin'] as const;

/** Pins for what is at risk or has lost them, and unpins for those that are stale: each remedy has to be named. */
export function planPinRemedies(
  { evidence, findings, remedies = new Set() }: Input,
  views: readonly NodeView[],
): ProblemPlan {
  // What its thresholds are changed for is answered there.
  const isOpen = ({ rule }: Trouble): boolean => !remedies.has('collection-thresholds') || !rule.startsWith('at-risk');
  return joinedPlans(
    operations.map((operation): ProblemPlan => {
      const troubles = findings.filter((finding): finding is Trouble => isCuredBy(finding, operation));
      if (!remedies.has(`${operation}-images`)) return notNamed(troubles.filter(isOpen), operation);
      const wanted = troubles.flatMap(({ subject, facts, fingerprint }): readonly WantedPins[] => {
        const images = imagesIn(facts?.['images']);
        return subject.kind === 'node'
          ? [{ node: subject.name, images, cures: [fingerprint], about: fingerprint }]
          : [];
      });
      const beside = operation === 'pin' ? ofEdited({ evidence, findings }, views) : [];
      return withEditedLeft(planPins({ evidence, views, wanted: byNode([...wanted, ...beside]), operation }), troubles);
    }),
  );
}

/** What DaemonSets were made to hold that somebody has edited since: it is pinned beside them. */
function ofEdited({ evidence, findings }: Input, views: readonly NodeView[]): readonly WantedPins[] {
  const edited = findings.filter(({ rule }) => rule === 'hold-edited');
  return views.flatMap((view): readonly WantedPins[] => {
    const images = imagesOfEdited(view, evidence);
    const cures = edited
      .filter((finding) => 'facts' in finding && imagesIn(finding.facts?.['nodes']).includes(view.node.name))
      .map(({ fingerprint }) => fingerprint);
    const [about] = cures;
    return images.length === 0 || about === undefined ? [] : [{ node: view.node.name, images, cures, about }];
  });
}

/** One for which there is nothing more to pin is left to who edited it. */
function withEditedLeft(plan: ProblemPlan, troubles: readonly Trouble[]): ProblemPlan {
  const answered = new Set([
    ...[...plan.actions, ...(plan.clusterActions ?? [])].flatMap(({ cures }) => cures),
    ...plan.refused.map(({ fingerprint }) => fingerprint),
  ]);
  const left = troubles.filter(({ rule, fingerprint }) => rule === 'hold-edited' && !answered.has(fingerprint));
  const refused = left.map(({ fingerprint, text }) => ({
    fingerprint,
    key: 'refused.hold-edited',
    params: { name: text.params['name'] ?? '' },
  }));
  return { ...plan, refused: [...plan.refused, ...refused] };
}

function notNamed(troubles: readonly Trouble[], operation: string): ProblemPlan {
  const refused = troubles.map(({ fingerprint }) => ({
    fingerprint,
    key: `refused.${operation}-opt-in`,
    params: {},
    optional: true as const,
  }));
  return { actions: [], refused };
}

/** Names, or what is said of each. */
function imagesIn(fact: unknown): readonly string[] {
  if (!Array.isArray(fact)) return [];
  return fact.flatMap((one: unknown) => {
    if (typeof one === 'string') return [one];
    const { name } = (typeof one === 'object' && one !== null ? one : {}) as { readonly name?: unknown };
    return typeof name === 'string' ? [name] : [];
  });
}

/** What several findings of a node ask for is one wish: it cures all of them. */
function byNode(wanted: readonly WantedPins[]): readonly WantedPins[] {
  return [...Map.groupBy(wanted, ({ node }) => node)].map(([node, ones]) => ({
    node,
    images: [...new Set(ones.flatMap(({ images }) => images))],
    cures: ones.flatMap(({ cures }) => cures),
    about: ones[0]?.about ?? '',
  }));
}

/** The images that were named, or all that are at risk or stale, on every node that was looked at. */
export function planPinRequest(
  { evidence, findings }: Input,
  views: readonly NodeView[],
  { operation, images }: PinRequest,
): ProblemPlan {
  const typed = [...new Set(images.map((image) => storedName(image) ?? image))];
  const wanted = views.map((view): WantedPins => {
    const own = findings.filter(({ subject }) => subject.kind === 'node' && subject.name === view.node.name);
    const meant =
      typed.length > 0 ? typed : operation === 'pin' ? unprotectedImages(view) : staleImages(view, evidence);
    return {
      node: view.node.name,
      images: meant,
      cures: own.filter((finding) => isCuredBy(finding, operation)).map(({ fingerprint }) => fingerprint),
      about: own[0]?.fingerprint ?? '',
    };
  });
  const beside = operation === 'pin' && typed.length === 0 ? ofEdited({ evidence, findings }, views) : [];
  return planPins({ evidence, views, wanted: byNode([...wanted, ...beside]), operation });
}
