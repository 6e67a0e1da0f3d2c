import { object, objects, text, texts } from '../../../kubernetes/json-fields.ts';
import type { Json } from '../../../kubernetes/api.ts';
import type { Blocker } from './blocker.ts';

/** An answer of Prometheus' `/api/v1/query`, or why there is none. */
export type AlertsAnswer =
  | { readonly known: true; readonly body: Json }
  | { readonly known: false; readonly reason: string };

/**
 * Alerts that stop a rollout, from the answer to `ALERTS{alertstate="firing"}` or to a person's own query: every series
 * with an `alertname` and another value than 0, as kured reads it
 * (kured pkg/alerts/prometheus.go). A query that failed, or an answer of another shape, stops it too.
 *
 * @param ignored alerts by name that stop nothing
 */
export function alertBlockers(answer: AlertsAnswer, ignored?: RegExp): readonly Blocker[] {
  if (!answer.known) return [unknownAlerts(answer.reason)];
  const body = object(answer.body);
  const data = object(body['data']);
  if (body['status'] !== 'success') return [unknownAlerts(text(body['error']) || 'no success')];
  if (data['resultType'] !== 'vector' || !Array.isArray(data['result'])) return [unknownAlerts('no vector')];
  const names = new Set(objects(data['result']).flatMap(({ metric, value }) => firingName(texts(metric), value)));
  const alerts = [...names].filter((name) => ignored === undefined || !ignored.test(name)).toSorted();
  return alerts.length === 0 ? [] : [{ by: 'alerts', alerts }];
}

function firingName({ alertname }: Readonly<Record<string, string>>, value: Json | undefined): readonly string[] {
  const [, amount] = Array.isArray(value) ? value : [];
  return alertname === undefined || Number(amount) === 0 ? [] : [alertname];
}

function unknownAlerts(reason: string): Blocker {
  return { by: 'unknown', asked: 'alerts', reason };
}
