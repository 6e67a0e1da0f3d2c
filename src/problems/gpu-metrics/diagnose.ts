import type { Evidence, NodeEvidence, Observed } from '../../evidence/evidence.ts';
import { systemdServices, type ServiceUnit } from '../../runtimes/systemd/services.ts';
import { readFact } from '../kit/read-fact.ts';
import type { Finding } from '../problem.ts';
import { isAffected } from './affected-images.ts';
import { exporter, type Exporter } from './exporter.ts';
import { findings } from './rules.ts';

/** One finding for each node; what could not be seen is unknown, never a pass. */
export function diagnose(evidence: Evidence): readonly Finding[] {
  return evidence.nodes.map(nodeFinding);
}

/** An exporter and its unit, or why the node has none. */
export type ExporterState = 'no-systemd' | 'no-exporter' | (Exporter & { readonly unit: ServiceUnit });

export function exporterState(node: NodeEvidence): Observed<ExporterState> {
  const services = readFact(node, systemdServices);
  if (services.state !== 'seen') return services;
  if (services.value === 'no-systemd') return { state: 'seen', value: 'no-systemd' };
  const unit = services.value['dcgm-exporter.service'];
  const facts = readFact(node, exporter);
  if (facts.state !== 'seen') return facts;
  return { state: 'seen', value: facts.value === 'no-exporter' ? 'no-exporter' : { ...facts.value, unit } };
}

function nodeFinding(node: NodeEvidence): Finding {
  const sections = [exporter, systemdServices].map(({ key }) => `${node.name}#${key}`);
  const base = { subject: { kind: 'node', name: node.name }, evidence: sections } as const;
  const state = exporterState(node);
  if (state.state === 'unknown') return findings.unknown({ rule: 'node-unknown', ...base }, state.reason);
  if (state.state === 'not-looked-at')
    return findings.notLookedAt({ rule: 'node-not-looked-at', ...base }, state.enable);
  if (node.access.state === 'unknown') return findings.unknown({ rule: 'node-unknown', ...base }, node.access.reason);
  if (typeof state.value === 'string') return findings.pass({ rule: 'cannot-happen', why: state.value, ...base });
  return exporterFinding(state.value, base);
}

type Base = Pick<Finding, 'evidence'> & { readonly subject: { readonly kind: 'node'; readonly name: string } };

function exporterFinding(state: Exporter & { readonly unit: ServiceUnit }, base: Base): Finding {
  const { unit, library, system, said = '' } = state;
  const params = { system, state: `${unit.active} (${unit.sub})` };
  const about = { ...base, params, facts: { system, unit: params.state, library, said } };
  const isRunning = unit.active === 'active';
  if (isRunning && library === 'cached') return findings.pass({ rule: 'exporter-runs', ...about });
  // Nothing of the library is missing, or the exporter ended for reasons of its own before.
  if (library === 'cached') return findings.trouble({ rule: 'other-cause', status: 'warn', ...about });
  if (!isRunning && said === '') return findings.trouble({ rule: 'other-cause', status: 'warn', ...about });
  if (!isAffected(system)) return findings.trouble({ rule: 'other-image', status: 'warn', ...about });
  if (library === 'absent') return findings.trouble({ rule: 'library-absent', status: 'fail', ...about });
  return isRunning
    ? findings.trouble({ rule: 'library-uncached', status: 'warn', ...about })
    : findings.trouble({ rule: 'exporter-down', status: 'fail', ...about });
}
