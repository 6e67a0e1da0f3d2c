import type { FoundSecrets, SecretName } from '../../engine/rate-limit/accounts/pull-secrets.ts';
import type { EgressGroup } from '../../engine/rate-limit/quota.ts';
import { readNodeImages } from '../../evidence/rate-limit/node-images.ts';
import { readPodTemplate, type PodTemplate } from '../../evidence/rate-limit/pod-template.ts';
import { parseRollout, type Rollout } from '../../evidence/rate-limit/rollout.ts';
import { whatIf, type WhatIf } from '../../engine/rate-limit/what-if/what-if.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { ImageReference } from '../../registry/reference/image-reference.ts';
import { namespaceNames } from '../options/secret-namespaces.ts';
import type { UnknownWhatIf } from '../../engine/rate-limit/report.ts';

export interface AskedRollouts {
  readonly namespace: string;
  readonly rollouts: readonly Rollout[];
}

interface RolloutOptions {
  readonly whatIf?: readonly string[];
  readonly namespace?: string;
}

/** @throws NodemendError USAGE for what is no rollout, and where the namespace is not said */
export function askedRollouts({ whatIf: written, namespace }: RolloutOptions): AskedRollouts | undefined {
  const needs = (typed: string, other: string): NodemendError =>
    new NodemendError('USAGE', { context: 'needs', command: 'rate-limit', typed, other });
  if (written === undefined && namespace !== undefined) throw needs('--namespace', '--what-if');
  if (written === undefined) return undefined;
  if (namespace === undefined) throw needs('--what-if', '--namespace');
  const [name = '', another] = namespaceNames({ option: '--namespace', values: [namespace], command: 'rate-limit' });
  if (another !== undefined)
    throw new NodemendError('USAGE', {
      context: 'namespace',
      command: 'rate-limit',
      typed: '--namespace',
      value: namespace,
    });
  return { namespace: name, rollouts: written.map(rolloutOf) };
}

function rolloutOf(value: string): Rollout {
  const rollout = parseRollout(value);
  if (rollout === undefined)
    throw new NodemendError('USAGE', { context: 'rollout', command: 'rate-limit', typed: '--what-if', value });
  return rollout;
}

export interface ReadTemplates {
  readonly namespace: string;
  readonly read: readonly { readonly rollout: Rollout; readonly template: PodTemplate | NodemendError }[];
  /** Pull secrets that they name. */
  readonly secrets: readonly SecretName[];
}

export async function readTemplates(
  api: KubernetesApi,
  { namespace, rollouts }: AskedRollouts,
  registry: string,
  signal: AbortSignal,
): Promise<ReadTemplates> {
  const read = await Promise.all(
    rollouts.map(async (rollout) => ({
      rollout,
      template: await orError(() => readPodTemplate(api, { namespace, rollout, registry, signal })),
    })),
  );
  const secrets = read
    .flatMap(({ template }) => (isNodemendError(template) ? [] : template.pullSecrets))
    .map((secret) => ({ namespace, secret }));
  return { namespace, read, secrets };
}

export interface WhatIfsQuestion {
  readonly api: KubernetesApi;
  readonly templates: ReadTemplates;
  readonly groups: readonly EgressGroup[];
  readonly found: FoundSecrets | undefined;
  readonly image: Pick<ImageReference, 'registry'>;
}

/** All nodes are looked at, whichever were chosen to be asked: the scheduler does not know of that choice. */
export async function answerWhatIfs(
  { api, templates: { namespace, read }, groups, found, image }: WhatIfsQuestion,
  signal: AbortSignal,
): Promise<readonly (WhatIf | UnknownWhatIf)[]> {
  const nodes = await orError(() => readNodeImages(api, image.registry, { signal }));
  return read.map(({ rollout, template }): WhatIf | UnknownWhatIf => {
    if (isNodemendError(template)) return { rollout, namespace, error: template };
    if (isNodemendError(nodes)) return { rollout, namespace, error: nodes };
    return whatIf({ rollout, namespace, template, nodes, groups, found });
  });
}

async function orError<T>(read: () => Promise<T>): Promise<T | NodemendError> {
  try {
    return await read();
  } catch (error) {
    if (isNodemendError(error)) return error;
    throw error;
  }
}
