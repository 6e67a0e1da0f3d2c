/** nodemend's own lint rules, loaded by oxlint (`.oxlintrc.json`). Each has a test beside it. */
import { changesRule } from './changes-rule.ts';
import { effectsRule } from './effects-rule.ts';
import { layersRule } from './layers-rule.ts';
import { lineLengthRule } from './line-length-rule.ts';
import { namesRule } from './names-rule.ts';
import { problemNamesRule } from './problem-names-rule.ts';
import { shellRule } from './shell-rule.ts';
import { throwRule } from './throw-rule.ts';

export default {
  meta: { name: 'house' },
  rules: {
    layers: layersRule,
    'no-stray-effects': effectsRule,
    'no-stray-changes': changesRule,
    'no-string-built-shell': shellRule,
    'nodemend-error': throwRule,
    'line-length': lineLengthRule,
    'telling-names': namesRule,
    'problem-names': problemNamesRule,
  },
};
