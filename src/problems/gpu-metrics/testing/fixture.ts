import { createHash } from 'node:crypto';
import type { Evidence, NodeEvidence, Observed, Section } from '../../../evidence/evidence.ts';
import { observedAccess } from '../../testing/observed-access.ts';
import { problemId } from '../meta.ts';

/** A node as the probe finds it; what is not named is Rocky 8.10 with an exporter that cannot start. */
export interface FixtureNode {
  readonly system?: string;
  readonly library?: 'cached' | 'found' | 'absent';
  readonly said?: string;
  readonly unit?: string;
  readonly dropIn?: true;
  /** The counters file; a word where it is not one. */
  readonly counters?: string;
  readonly withoutExporter?: true;
  readonly withoutSystemd?: true;
  readonly lost?: 'systemd/services' | 'gpu-metrics/exporter';
  readonly unseen?: 'not-looked-at' | 'unreachable';
}

/** The unit in its states, as services.sh prints them. */
export const unitStates = {
  running: 'loaded active running enabled 812 S 3600 /usr/lib/systemd/system/dcgm-exporter.service',
  failed: 'loaded failed failed enabled 0 - - /usr/lib/systemd/system/dcgm-exporter.service',
  dying: 'loaded activating auto-restart enabled 0 - - /usr/lib/systemd/system/dcgm-exporter.service',
  ending: 'loaded deactivating stop-sigterm enabled 812 S 3600 /usr/lib/systemd/system/dcgm-exporter.service',
  none: 'not-found inactive dead - 0 - - -',
} as const;

/** glibc's words for a program whose library is missing. */
const said =
  '/usr/bin/dcgm-exporter: error while loading shared libraries: libdcgm.so.4: cannot open shared object file: No such file or directory';

/** Lines of the form of dcgm-exporter's default-counters.csv (NVIDIA/dcgm-exporter, etc/). */
export const counters =
  '# Format\nDCGM_FI_DEV_SM_CLOCK, gauge, SM clock frequency (in MHz).\n' +
  'DCGM_FI_PROF_GR_ENGINE_ACTIVE, gauge, Ratio of time the graphics engine is active.\n' +
  '# DCGM_FI_PROF_SM_ACTIVE, gauge, The ratio of cycles an SM has at least 1 warp assigned.\n' +
  'DCGM_FI_PROF_PCIE_TX_BYTES, counter, The number of bytes of active pcie tx data.\n';

function section(output: string): Observed<Section> {
  return { state: 'seen', value: { exitCode: 0, encoding: 'utf8', output, truncated: false, errors: '' } };
}

function exporterSection(node: FixtureNode): string {
  if (node.withoutExporter || node.withoutSystemd) return 'no-exporter\n';
  const {
    system = 'Rocky Linux 8.10 (Green Obsidian)',
    library = 'found',
    said: line = said,
    counters: file = counters,
  } = node;
  return [
    `system ${system}\n`,
    `library ${library}\n`,
    line === '' ? '' : `said ${line}\n`,
    node.dropIn ? 'drop-in\n' : '',
    countersOf(file),
  ].join('');
}

export function countersOf(file: string): string {
  if (['absent', 'link', 'refused'].includes(file)) return `counters ${file}\n`;
  return `counters 644 0 0 ${createHash('sha256').update(file).digest('hex')}\n${file}`;
}

function sectionsOf(node: FixtureNode): NodeEvidence['sections'] {
  const unit = node.withoutExporter ? unitStates.none : (node.unit ?? unitStates.failed);
  const services = ['rpcbind.service', 'rpcbind.socket', 'rpc-statd.service'].map(
    (name) => `${name} ${unitStates.none}\n`,
  );
  const whole: NodeEvidence['sections'] = {
    'systemd/units': section(
      'unit kubelet kubelet.service\nfragment kubelet.service /usr/lib/systemd/system/kubelet.service\n',
    ),
    'systemd/services': section(
      node.withoutSystemd ? 'no-systemd\n' : `${services.join('')}dcgm-exporter.service ${unit}\n`,
    ),
    'gpu-metrics/exporter': section(exporterSection(node)),
  };
  if (node.lost === undefined) return whole;
  return { ...whole, [node.lost]: { state: 'unknown', reason: 'timed-out', detail: `section ${node.lost}` } };
}

function accessOf(unseen: FixtureNode['unseen']): NodeEvidence['access'] {
  if (unseen === 'not-looked-at') return { state: 'not-looked-at', enable: '--via ssh' };
  if (unseen === undefined) return observedAccess();
  return { state: 'unknown', reason: 'unreachable', detail: 'connect ECONNREFUSED 10.0.0.11:22' };
}

/** One node of a hosts file, `worker-1`. */
export function fixture(node: FixtureNode): Evidence {
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt: '2026-11-30T12:00:00.000Z',
    collector: { version: '0.1.0' },
    scope: { via: node.unseen === 'not-looked-at' ? 'none' : 'ssh', targets: 'hosts', problems: [problemId] },
    cluster: { state: 'not-looked-at', enable: '--kubeconfig' },
    nodes: [
      {
        name: 'worker-1',
        address: '10.0.0.11',
        api: { state: 'not-looked-at', enable: '--kubeconfig' },
        access: accessOf(node.unseen),
        sections: node.unseen === undefined ? sectionsOf(node) : {},
      },
    ],
  };
}
