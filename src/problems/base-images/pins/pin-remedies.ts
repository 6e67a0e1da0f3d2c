import { storedName } from '../../../images/needed-images.ts';
import type { NodeView } from '../../../images/node-view.ts';
import type { PinRequest } from '../../../images/pins/pin-request.ts';
import { joinedPlans } from '../../kit/plan-parts.ts';
import type { PlanInput, ProblemPlan } from '../../problem.ts';
import type { Trouble } from '../../kit/rules.ts';
import { planPins, type WantedPins } from './pin-plan.ts';
import { unprotectedImages } from '../pins.ts';
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
      const wanted = troubles.flatMap(({ subject, facts, fingerprint }): readonly WantedPins[] =>
        subject.kind === 'node'
          ? [{ node: subject.name, images: imagesIn(facts?.['images']), cures: [fingerprint], about: fingerprint }]
          : [],
      );
      return planPins({ evidence, views, wanted: byNode(wanted), operation });
    }),
  );
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
  return planPins({ evidence, views, wanted, operation });
}
