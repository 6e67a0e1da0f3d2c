import type { Evidence } from '../../../evidence/evidence.ts';
import { fixture, unitStates } from './fixture.ts';

const running = { unit: unitStates.running, said: '' };

/** Every fixture by its name. */
export const states: Readonly<Record<string, Evidence>> = {
  'fail-exporter-down': fixture({}),
  'fail-exporter-down-again-and-again': fixture({ unit: unitStates.dying, system: 'Ubuntu 24.04.4 LTS' }),
  'fail-exporter-down-without-counters': fixture({ counters: 'absent', system: 'Ubuntu 22.04.5 LTS' }),
  'fail-exporter-down-counters-link': fixture({ counters: 'link' }),
  'fail-exporter-down-counters-refused': fixture({ counters: 'refused' }),
  'fail-exporter-down-drop-in': fixture({ dropIn: true }),
  'fail-exporter-down-ending': fixture({ unit: unitStates.ending }),
  'fail-library-absent': fixture({ library: 'absent' }),
  'warn-library-uncached': fixture({ ...running, library: 'found', system: 'Rocky Linux 9.7 (Blue Onyx)' }),
  'warn-other-image': fixture({ system: 'Rocky Linux 8.9 (Green Obsidian)' }),
  'warn-other-cause': fixture({ library: 'cached' }),
  'warn-other-cause-silent': fixture({ said: '' }),
  'pass-exporter-runs': fixture({ ...running, library: 'cached' }),
  'pass-cannot-happen': fixture({ withoutExporter: true }),
  'pass-cannot-happen-no-systemd': fixture({ withoutSystemd: true }),
  'unknown-node-unknown': fixture({ unseen: 'unreachable' }),
  'unknown-node-unknown-exporter': fixture({ lost: 'gpu-metrics/exporter' }),
  'unknown-node-unknown-units': fixture({ lost: 'systemd/services' }),
  'not-looked-at-node-not-looked-at': fixture({ unseen: 'not-looked-at' }),
};
