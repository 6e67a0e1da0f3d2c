import type { Problem } from '../../src/problems/problem.ts';

/**
 * A problem for tests of the engine, with real checks: the staged file has to hold a rotate line, and after the change
 * the file has to be where it belongs. A node with /tmp/reject-… says no.
 */
export const testProblem: Problem = {
  meta: {
    id: 'container-logs',
    severity: 'high',
    category: 'disk',
    platforms: ['any'],
    needsRoot: true,
    writes: ['/etc/demo', '/etc/logrotate.d/'],
    remedyRisk: 'low',
    guideSection: '-',
    faults: [],
  },
  rules: {},
  facts: [],
  texts: { ko: {}, en: {} },
  faultScript: '',
  diagnose: () => [],
  plan: () => ({ actions: [], refused: [] }),
  checks: {
    staged: {
      script: '[ ! -e /tmp/slow ] || sleep 30; [ ! -e /tmp/reject-staged ] || exit 3; cat "$1"',
      admits: (args) => args.length === 0,
      judge: ({ exitCode, stdout }) => ({ ok: exitCode === 0 && stdout.includes('rotate'), saw: `exit ${exitCode}` }),
    },
    placed: {
      script: '[ ! -e /tmp/reject-placed ] || exit 3; cat "$1"; cat /tmp/said 2>/dev/null || :',
      admits: (args) => args.length === 1,
      judge: ({ exitCode, stdout }) => ({
        ok: exitCode === 0 && stdout.includes('rotate'),
        saw: `exit ${exitCode} ${stdout}`,
      }),
    },
  },
};
