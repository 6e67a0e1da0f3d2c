import { pass, unknown, type Rules, type Trouble } from '../kit/rules.ts';

/** How a file stands to the one that all nodes should have (`diff`, `sync`): only a source says what to do about it. */
const differs = { fail: 'medium', warn: 'medium', remedy: 'synchronise' } as const;

/** logrotate's exit code where something in its configuration, or of its work, was an error. */
function endsWithOne({ text: { params } }: Trouble): boolean {
  return params['result'] === 'exit-code' && params['code'] === 1;
}

export const rules = {
  // Whether a rule of logrotate keeps docker's logs small.
  'rule-missing': { fail: 'high', remedy: 'docker-rule' },
  'rule-broken': { fail: 'high', remedy: 'docker-rule' },
  'rule-ignored': { fail: 'high', remedy: 'docker-rule' },
  'rule-does-not-cover': { fail: 'high', remedy: 'docker-rule' },
  'rule-unsafe': { fail: 'high', remedy: 'docker-rule' },
  'rule-never-rotates': { fail: 'high', remedy: 'docker-rule' },
  'rule-has-errors': { warn: 'medium', remedy: 'docker-rule' },
  'rule-duplicate': { warn: 'medium', remedy: 'docker-rule' },
  'rule-loses-logs': { warn: 'medium', remedy: 'docker-rule' },
  'rule-keeps-all': { warn: 'medium', remedy: 'docker-rule' },
  'rule-too-rare': { warn: 'medium', remedy: 'docker-rule' },
  'rule-lacks-missingok': { warn: 'low' },
  'rule-ok': pass,
  'bounded-by-daemon': pass,
  'other-log-driver': pass,
  'rule-unknown': {
    unknown: true,
    notLookedAt: true,
    texts: ['findings.rule-unknown', 'findings.rule-not-looked-at'],
  },
  'process-doubtful': unknown,
  // A package is not installed without a person.
  'logrotate-missing': { fail: 'high' },

  // Rules of logrotate where kubelet rotates.
  'rule-fights-kubelet': { fail: 'high', remedy: 'idle-rules' },
  'rule-without-effect': { warn: 'low', remedy: 'idle-rules' },
  'kubelet-rotates': pass,

  // What starts logrotate. No service is enabled without a person: the texts say how.
  'logrotate-not-scheduled': { fail: 'high', warn: 'medium' },
  'logrotate-overdue': { warn: 'high' },
  'logrotate-runs-rarely': { warn: 'medium' },
  'logrotate-sandboxed': { fail: 'high' },
  'logrotate-until-reboot': { warn: 'medium' },
  'logrotate-fails': {
    warn: 'medium',
    // Each of them ends every run of logrotate so, whatever else it rotates (rotation/ends-run.root.test.ts).
    explainedBy: ['rule-broken', 'rule-duplicate', 'log-outgrows-room'].map((rule) => ({ rule, when: endsWithOne })),
  },
  'schedule-unknown': unknown,

  // docker's own limits.
  'daemon-config-broken': { fail: 'high', warn: 'medium' },
  'docker-logs-exceed-disk': {
    warn: { 'limits-now': 'high', 'limits-full': 'low', 'rule-now': 'high', 'rule-full': 'low' },
  },
  'daemon-limits-pending': { warn: 'low', remedy: 'docker-limits', onRequest: 'docker-restart' },
  'daemon-unknown': unknown,

  // kubelet's.
  'kubelet-never-rotates': { fail: 'high', remedy: 'kubelet-limits', onRequest: 'kubelet-log-limits' },
  'kubelet-limits-refused': { fail: 'high', remedy: 'kubelet-limits', onRequest: 'kubelet-log-limits' },
  'kubelet-limits-exceed-disk': {
    warn: { now: 'high', full: 'low' },
    remedy: 'kubelet-limits',
    onRequest: 'kubelet-log-limits',
  },
  'kubelet-logs-past-limit': { warn: 'medium' },
  'kubelet-forgot-logs': { warn: 'medium' },
  'kubelet-limits-unknown': unknown,
  'kubelet-configz-forbidden': unknown,
  'kubelet-configz-unknown': unknown,

  // The disk.
  'log-outgrows-room': { fail: 'high', remedy: 'free-room', onRequest: 'free-rotated-logs' },
  'disk-over-threshold': {
    fail: { evicts: 'critical', 'evicts-default': 'critical', collects: 'high', 'collects-default': 'high' },
    remedy: 'free-room',
    onRequest: 'free-rotated-logs',
    condition: 'disk-full',
  },
  'disk-fills': { fail: 'critical', warn: 'medium', condition: 'disk-full' },
  'room-unknown': unknown,

  // One file on all nodes.
  'file-same': { pass: true, texts: ['drift.same'] },
  'file-not-expected': { pass: true, texts: ['drift.not-expected'] },
  'file-not-in-force': { ...differs, texts: ['drift.not-in-force'] },
  'file-other-bytes': { ...differs, texts: ['drift.other-bytes'] },
  'file-other-meaning': { ...differs, texts: ['drift.other-meaning'] },
  'file-missing': { ...differs, texts: ['drift.missing'] },
  'file-extra': { ...differs, texts: ['drift.extra'] },
  'file-unexpected': { ...differs, texts: ['drift.unexpected'] },
  'file-undecided': { ...differs, texts: ['drift.undecided'] },
} as const satisfies Rules;

export type Remedy = Extract<(typeof rules)[keyof typeof rules], { readonly remedy: string }>['remedy'];

/** Whether this part of the plan cures what the rule reports. */
export function isCuredBy(remedy: Remedy, { rule }: { readonly rule: string }): boolean {
  const entry = (rules as Rules)[rule];
  return entry?.remedy === remedy;
}
