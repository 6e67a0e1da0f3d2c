import { Option } from 'commander';
import type { Translate } from '../../app/texts/texts.ts';

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
