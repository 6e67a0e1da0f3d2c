import { Option } from 'commander';
import { readBundle } from '../../evidence/bundle.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Translate } from '../texts/texts.ts';

/** What says how to reach a cluster or its nodes, which a bundle makes needless. */
const access = [
  'kubeconfig',
  'context',
  'hosts',
  'selector',
  'nodes',
  'nodeGroup',
  'via',
  'user',
  'port',
  'identity',
  'bastion',
  'knownHosts',
  'hostKeys',
  'podImage',
  'podNamespace',
  'connectTimeout',
  'timeout',
  'readKubelet',
  'customResources',
  'useSecrets',
];

/** `--bundle`, refused beside every option that it would leave without effect; `others` are the command's own. */
export function bundleOption(t: Translate, others: readonly string[] = []): Option {
  return new Option('--bundle <file>', t('option.bundle')).conflicts([...access, ...others]);
}

/**
 * The evidence of a bundle, for the problems that were named; all it was made for where none was.
 * @throws NodemendError BUNDLE_WITHOUT_PROBLEM: a bundle answers only what it was made for; and those of `readBundle`
 */
export async function evidenceFromBundle(path: string, named: readonly Problem[] | undefined): Promise<Evidence> {
  const evidence = await readBundle(path);
  if (named === undefined) return evidence;
  const held = evidence.scope.problems;
  const ids = named.map(({ meta }) => meta.id);
  const absent = ids.filter((id) => !held.includes(id));
  if (absent.length > 0)
    throw new NodemendError('BUNDLE_WITHOUT_PROBLEM', { path, problems: absent.join(', '), held: held.join(', ') });
  return { ...evidence, scope: { ...evidence.scope, problems: held.filter((id) => ids.includes(id)) } };
}
