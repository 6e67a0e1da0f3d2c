import type { Sentence } from '../../../errors/sentences.ts';
import { object, objects, text, texts } from '../../../kubernetes/json-fields.ts';
import type { Json } from '../../../kubernetes/api.ts';
import type { PrometheusAnswer } from '../../../prometheus/query.ts';
import type { Blocker } from './blocker.ts';
import type { PrometheusGate } from './gate-options.ts';

/** What is asked, as kured asks it (kured blockers/prometheus.go, ActiveAlerts). */
export const alertsQuery = 'ALERTS';

type AlertFilter = Pick<PrometheusGate, 'alertFilterRegexp' | 'alertFilterMatchOnly' | 'alertFiringOnly'>;

/**
 * Alerts that stop a rollout, from the answer to `ALERTS`: every series with an `alertname` and another value than 0, as
 * kured reads it. A query that failed, one that only a part of the sources answered (`warnings`), and an answer of
 * another shape stop it too.
 */
export function alertBlockers(answer: PrometheusAnswer, filter: AlertFilter): readonly Blocker[] {
  if (!answer.known) return [unknownAlerts(answer.reason, answer.said)];
  const body = object(answer.body);
  const data = object(body['data']);
  if (body['status'] !== 'success') {
    const error = text(body['error']);
    return [error === '' ? unknownAlerts('no success', { key: 'prometheus.no-alerts' }) : unknownAlerts(error)];
  }
  const { warnings } = body;
  if (Array.isArray(warnings) && warnings.length > 0) {
    const warning = text(warnings[0]);
    return [unknownAlerts(`incomplete: ${warning}`, { key: 'prometheus.incomplete', params: { warning } })];
  }
  if (data['resultType'] !== 'vector' || !Array.isArray(data['result']))
    return [unknownAlerts('no vector', { key: 'prometheus.no-alerts' })];
  const names = objects(data['result']).flatMap(({ metric, value }) => activeName(texts(metric), value, filter));
  const alerts = [...new Set(names)].filter((name) => stops(name, filter)).toSorted();
  return alerts.length === 0 ? [] : [{ by: 'alerts', alerts }];
}

function activeName(
  { alertname, alertstate }: Readonly<Record<string, string>>,
  value: Json | undefined,
  { alertFiringOnly }: AlertFilter,
): readonly string[] {
  const [, amount] = Array.isArray(value) ? value : [];
  if (alertname === undefined || Number(amount) === 0) return [];
  return alertFiringOnly && alertstate !== 'firing' ? [] : [alertname];
}

function stops(name: string, { alertFilterRegexp, alertFilterMatchOnly }: AlertFilter): boolean {
  return alertFilterRegexp === undefined || new RegExp(alertFilterRegexp, 'u').test(name) === alertFilterMatchOnly;
}

/** `why` where the reason is in words of our own. */
export function unknownAlerts(reason: string, why?: Sentence): Blocker {
  const said = why === undefined ? {} : { said: { key: 'gate.unknown-alerts', params: { reason: [why] } } };
  return { by: 'unknown', asked: 'alerts', reason, ...said };
}
