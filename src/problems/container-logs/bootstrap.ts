import type { Bootstrap } from '../problem.ts';
import script from './bootstrap.sh?raw';
import { builtInSettings } from '../../logrotate/settings.ts';
import { ruleText } from './rotation/rule-text.ts';

/**
 * The rule that `plan` would write for a node with nothing special about it. bootstrap.sh puts the node's own docker folder
 * into it.
 */
export const bootstrap = {
  script,
  content: ruleText('/var/lib/docker', { inherited: builtInSettings, su: false }) ?? '',
} satisfies Bootstrap;
