import type { NotNeeded } from '../../testing/problem-fixtures.ts';

/** Nobody asks for the exporter of a node that has no services. */
export const notNeeded: NotNeeded = {
  'gpu-metrics/exporter': (findings) => findings.some(({ text }) => text.key === 'findings.cannot-happen.no-systemd'),
};
