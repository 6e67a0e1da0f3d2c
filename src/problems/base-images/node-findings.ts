import type { Evidence, Observed } from '../../evidence/evidence.ts';
import type { NeededByNode } from '../../images/needed-images.ts';
import { usedInodesPercent, usedPercent, type CollectionPolicy } from '../../images/collection.ts';
import type { NodeImages } from '../../images/node-images.ts';
import type { Finding } from '../problem.ts';
import { missingImages, missingRule, uselessImages, type Missing, type WaitingImages } from './missing.ts';
import type { MovedTags } from '../../images/moved-tags.ts';
import type { ReplacedTags } from '../../images/replaced-tags.ts';
import type { NodeView } from '../../images/node-view.ts';
import { ignoredPins, lostPins, noLongerHeld, unheldImages } from './pins.ts';
import { baseImagesAtRisk, growthOf, riskFacts, riskOf, type ImageRoom } from './risk.ts';
import { findings } from './rules.ts';

/** What the findings of one node are made from. */
export interface NodeFindings {
  readonly evidence: Evidence;
  readonly view: NodeView;
  readonly needed: Observed<NeededByNode>;
  readonly waiting: WaitingImages;
  readonly moved: MovedTags;
  readonly replaced: ReplacedTags;
  /** The same machine in earlier evidence. */
  readonly before: EarlierNode | undefined;
}

interface EarlierNode {
  readonly view: NodeView;
  readonly at: string;
  /** Images that pods of nodemend's held on it. */
  readonly held: readonly string[];
}

interface Base {
  readonly subject: { readonly kind: 'node'; readonly name: string };
  readonly evidence: readonly string[];
}

export function missingFindings(
  { view, waiting, evidence }: NodeFindings,
  store: NodeImages,
  base: Base,
): readonly Finding[] {
  const missing = missingImages(view, store, waiting);
  const of = (rule: ReturnType<typeof missingRule>): readonly Missing[] =>
    missing.filter((one) => missingRule(one) === rule);
  const [waited, quiet, later] = [of('base-image-missing'), of('base-image-absent'), of('upgrade-image-absent')];
  return [
    ...of('sandbox-image-missing').map(({ image, why }) =>
      findings.trouble({
        rule: 'sandbox-image-missing',
        why: why === 'absent' ? 'absent' : 'half',
        status: 'fail',
        ...base,
        params: { image: image.name },
        facts: missingFacts([{ image, why, isWaitedFor: true }]),
      }),
    ),
    ...(waited.length === 0
      ? []
      : [
          findings.trouble({
            rule: 'base-image-missing',
            why: waited.every(({ image }) => image.isAlwaysPulled) ? 'always-pulled' : 'waited-for',
            status: 'fail',
            ...base,
            params: { images: namesOf(waited) },
            facts: missingFacts(waited),
          }),
        ]),
    ...(quiet.length === 0
      ? []
      : [
          findings.trouble({
            rule: 'base-image-absent',
            status: 'warn',
            ...base,
            params: { images: namesOf(quiet) },
            facts: missingFacts(quiet),
          }),
        ]),
    ...(later.length === 0
      ? []
      : [
          findings.trouble({
            rule: 'upgrade-image-absent',
            status: 'warn',
            ...base,
            params: { images: namesOf(later), version: evidence.scope.upgradeTo ?? '' },
            facts: missingFacts(later),
          }),
        ]),
  ];
}

/** Of an image that is there nothing is missing; what its pods lack is its registry. */
export function alwaysPulledFindings(
  { view, waiting }: NodeFindings,
  store: NodeImages,
  base: Base,
): readonly Finding[] {
  const images = uselessImages(view, store, waiting);
  if (images.length === 0) return [];
  const params = { images: images.join(', ') };
  return [findings.trouble({ rule: 'image-always-pulled', status: 'fail', ...base, params, facts: { images } })];
}

function namesOf(missing: readonly Missing[]): string {
  return missing.map(({ image }) => image.name).join(', ');
}

function missingFacts(missing: readonly Missing[]): NonNullable<Parameters<typeof findings.pass>[0]['facts']> {
  return {
    images: missing.map(({ image, why }) => ({
      name: image.name,
      state: why,
      wantedBy: image.wanted.map(({ by, name }) => (by === 'pod' ? name : by)),
      alwaysPulled: image.isAlwaysPulled,
    })),
  };
}

export function riskFindings(input: NodeFindings, store: NodeImages, base: Base): readonly Finding[] {
  const { room, policy } = input.view;
  const names = baseImagesAtRisk(input.view, store);
  if (names.length === 0) return [];
  if (policy.state === 'seen' && room.state === 'seen')
    return riskFinding(input, store, { names, room: room.value, policy: policy.value, base });
  const reason = [policy, room].find((one) => one.state === 'unknown')?.reason ?? 'probe-failed';
  return [findings.unknown({ rule: 'risk-unknown', ...base, params: { images: names.join(', ') } }, reason)];
}

interface AtRisk {
  readonly names: readonly string[];
  readonly room: ImageRoom;
  readonly policy: CollectionPolicy;
  readonly base: Base;
}

function riskFinding(
  { view, before, evidence }: NodeFindings,
  store: NodeImages,
  { names, room, policy, base }: AtRisk,
): readonly Finding[] {
  const roomBefore = before?.view.room.state === 'seen' ? { room: before.view.room.value, at: before.at } : undefined;
  const risk = riskOf(view, room, policy, growthOf(room, roomBefore, evidence));
  if (risk.state === 'later') return [];
  const params = {
    images: names.join(', '),
    percent: usedPercent(room),
    high: policy.high,
    inodesPercent: usedInodesPercent(room),
    freeInodes: room.freeInodes,
    keptFreeInodes: policy.evictsBelowInodes(room.inodes),
    ...('days' in risk ? { from: roundDays(risk.days.from), to: roundDays(risk.days.to) } : {}),
  };
  const facts = { ...riskFacts(view, store, room, policy), images: names };
  const rule = risk.state === 'now' ? 'at-risk-now' : 'at-risk-soon';
  return [findings.trouble({ rule, why: whyOf(risk), status: 'warn', ...base, params, facts })];
}

/** A trend that may also never get there is said without its end. */
function whyOf(risk: Exclude<ReturnType<typeof riskOf>, { readonly state: 'later' }>): string {
  const isOpen = 'days' in risk && risk.why !== 'age' && !Number.isFinite(risk.days.to);
  return isOpen ? `${risk.why}-open` : risk.why;
}

function roundDays(days: number): number {
  if (!Number.isFinite(days)) return 0;
  return days < 10 ? Math.round(days * 10) / 10 : Math.round(days);
}

export function pinFindings(
  { view, before, evidence }: NodeFindings,
  store: NodeImages,
  base: Base,
): readonly Finding[] {
  const was = before?.view.store.state === 'seen' ? before.view.store.value : undefined;
  const lost = [...lostPins(view, store, was), ...noLongerHeld({ view, evidence }, store, before?.held ?? [])];
  const ignored = ignoredPins(view, store);
  const unheld = unheldImages(view, store, evidence);
  const [first] = lost;
  return [
    ...(first === undefined
      ? []
      : [
          findings.trouble({
            rule: 'pin-lost',
            why: first.why,
            status: 'warn',
            ...base,
            params: { images: lost.map(({ name }) => name).join(', ') },
            facts: { images: lost.map(({ name, why }) => ({ name, why })) },
          }),
        ]),
    ...(unheld.length === 0
      ? []
      : [
          findings.trouble({
            rule: 'hold-lost',
            status: 'warn',
            ...base,
            params: { images: unheld.join(', ') },
            facts: { images: unheld },
          }),
        ]),
    ...(ignored.length === 0
      ? []
      : [
          findings.trouble({
            rule: 'pin-ignored',
            status: 'warn',
            ...base,
            params: { images: ignored.join(', ') },
            facts: { images: ignored },
          }),
        ]),
  ];
}
