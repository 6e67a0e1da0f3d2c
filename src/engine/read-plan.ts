import { actionKind } from '../actions/action-kinds.ts';
import { formFault, notJson, problemParams } from '../errors/form-fault.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Sentence } from '../errors/sentences.ts';
import { planHash } from './plan-hash.ts';
import { planShape } from './plan-schema.ts';
import { planSchema, type Plan } from './plan.ts';
import { printableJson } from '../text/printable.ts';

/**
 * Reads the text of a plan file. `file` is named in errors.
 * @throws NodemendError PLAN_INVALID, PLAN_VERSION_UNKNOWN, PLAN_TAMPERED.
 */
export function readPlan(text: string, file: string): Plan {
  const raw = parseJson(text, file);
  const { schema } = raw as { readonly schema?: unknown };
  if (typeof schema === 'string' && schema !== planSchema && schema.startsWith('nodemend.dev/plan/')) {
    throw new NodemendError('PLAN_VERSION_UNKNOWN', { file, schema, known: planSchema });
  }
  const parsed = planShape.safeParse(raw);
  if (!parsed.success)
    throw new NodemendError('PLAN_INVALID', { file, ...problemParams(formFault(parsed.error.issues)) });
  const plan = parsed.data;
  // The hash covers hashes of contents; the contents have to be theirs.
  const isTrue = plan.actions.every((action) => actionKind(action.kind).contents.isTrue(action));
  if (planHash(plan) !== plan.hash || !isTrue) throw new NodemendError('PLAN_TAMPERED', { file });
  requireConsistency(plan, file);
  return plan;
}

/** The text of a plan file: pretty, so that it can be read and compared line by line. */
export function planText(plan: Plan): string {
  return `${printableJson(JSON.stringify(plan, null, 2))}\n`;
}

function parseJson(text: string, file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new NodemendError('PLAN_INVALID', { file, ...problemParams(notJson(cause)) });
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new NodemendError('PLAN_INVALID', { file, ...problemParams({ key: 'form.not-object' }) });
}

/** Ids name folders on nodes and lines of the journal, and an action without a bound node could run anywhere. */
function requireConsistency(plan: Plan, file: string): void {
  const names = new Set(plan.nodes.map(({ name }) => name));
  const { actions, clusterActions = [], target } = plan;
  const ids = new Set([...actions, ...clusterActions].map(({ id }) => id));
  const stray = actions.find(({ node }) => !names.has(node));
  const refuse = (sentence: Sentence): never => {
    throw new NodemendError('PLAN_INVALID', { file, ...problemParams(sentence) });
  };
  if (stray) refuse({ key: 'form.plan-stray', params: { action: stray.id } });
  if (clusterActions.length > 0 && target.kind !== 'cluster') refuse({ key: 'form.plan-objects' });
  if (ids.size !== actions.length + clusterActions.length || names.size !== plan.nodes.length) {
    refuse({ key: 'form.plan-same-names' });
  }
}
