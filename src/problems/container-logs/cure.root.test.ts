import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../test/private-root.ts';
import type { CheckReference, CheckVerdict } from '../../actions/action.ts';
import type { FileAction, FileState, PriorFileState } from '../../actions/file/file-action.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { containerLogs } from './problem.ts';
import { fixtureEvidence } from './testing/fixture.ts';
import { fixtureRoot } from './testing/fixture-root.ts';

/**
 * The whole way with real programs: a state of a node is seen, planned, checked by the node's own logrotate, put into
 * force, verified, seen again, and undone. Only the file action's own care for a node (locks, records, fsync) is
 * left out here; it has tests of its own.
 */
const folder = join(import.meta.dirname, 'fixtures');
const planned = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''))
  .filter((name) => planOf(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Evidence).length > 0);

let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
});
afterAll(async () => {
  await root.close();
});

describe.each(planned)('%s', (state) => {
  test('is cured, and its files come back to the byte', async () => {
    const evidence = await fixtureEvidence(root, state);
    const actions = planOf(evidence);
    const before = rulesFolder();

    for (const action of actions) {
      expect(validate(action)).toEqual([]);
      put(action.path, action.to);
    }
    expect(actions.flatMap(({ verify }) => verify.map((check) => run(check, []))).filter(({ ok }) => !ok)).toEqual([]);
    const after = await fixtureEvidence(root, state, {}, 'as-it-is');
    const findings = containerLogs.diagnose(after);
    expect(findings.map(({ status, rule }) => ({ status, rule }))).toEqual([
      { status: 'pass', rule: expect.stringMatching(/^(rule-ok|kubelet-rotates)$/) },
    ]);
    expect(containerLogs.plan({ evidence: after, findings })).toEqual({ actions: [], refused: [] });

    for (const action of actions.toReversed()) put(action.path, action.from);
    expect(rulesFolder()).toBe(before);
  });
});

test('the scheduled run then rotates logs that grow, and their writers go on in them', async () => {
  const evidence = await fixtureEvidence(root, 'fail-rule-missing');
  for (const action of planOf(evidence)) put(action.path, action.to);
  // As dockerd does: opened once for appending, never again. The daily run is due because the last one was long ago.
  const seen = root.run(String.raw`
    cd /var/lib/docker/containers
    log=$(echo 1*/1*-json.log)
    ( exec 3>>"$log"; n=0; while [ $n -lt 400 ]; do n=$((n + 1)); printf '{"log":"line %s"}\n' "$n" >&3; sleep 0.005; done ) </dev/null >/dev/null 2>&1 &
    writer=$!
    sleep 0.2
    { echo 'logrotate state -- version 2'; for one in */*-json.log; do printf '"%s" 2001-1-1-0:0:0
' "$PWD/$one"; done; } >/tmp/state
    chmod 0640 /tmp/state
    before=$(stat -c %i "$log")
    logrotate -s /tmp/state /etc/logrotate.conf 2>&1
    wait $writer
    rm /tmp/state
    [ "$before" = "$(stat -c %i "$log")" ] && echo same file
    tail -n 1 "$log"
    for one in */*-json.log; do [ "$(stat -c %s "$one")" -lt 40000 ] && echo small; done
    ls */*-json.log-*.gz | wc -l
    zcat 1*/*.gz | tr -d . | head -n 1`);

  expect(seen).toMatch(/^same file\n\{"log":"line 400"\}\nsmall\nsmall\nsmall\n3\n\{"log":/);
});

test('there are cures to try', () => {
  expect(planned.length).toBeGreaterThan(15);
  expect(existsSync('/etc/logrotate.d/docker-containers'), 'the machine itself is left alone').toBe(false);
});

function planOf(evidence: Evidence): readonly FileAction[] {
  return containerLogs
    .plan({ evidence, findings: containerLogs.diagnose(evidence) })
    .actions.filter((action) => action.kind === 'file');
}

/** What the validating checks say no to. */
function validate(action: FileAction): readonly CheckVerdict[] {
  const staged = `${action.path}.nodemend-20261124-0931-container-logs-7f3a~`;
  if (action.to !== 'absent') put(staged, action.to);
  const verdicts = action.validate.map((check) => run(check, [action.to === 'absent' ? '' : staged, action.path]));
  put(staged, 'absent');
  return verdicts.filter(({ ok }) => !ok);
}

function run({ check, args }: CheckReference, leading: readonly string[]): CheckVerdict {
  const { script, judge } = containerLogs.checks[check.replace('container-logs/', '')]!;
  const [program = '', ...before] = root.enter;
  const { status, stdout, stderr } = spawnSync(
    program,
    [...before, '/bin/sh', '-c', script, 'sh', ...leading, ...args],
    { encoding: 'utf8' },
  );
  return judge({ exitCode: status ?? 1, stdout, stderr });
}

function put(path: string, state: FileState | PriorFileState | 'absent'): void {
  if (state === 'absent') root.run('rm -f "$1"', path);
  else
    root.run(
      'printf %s "$2" >"$1"; chmod "$3" "$1"; chown "$4:$5" "$1"',
      path,
      state.content ?? '',
      state.mode,
      String(state.uid),
      String(state.gid),
    );
}

/** Names, owners, modes and bytes of all rules. */
function rulesFolder(): string {
  return root.run(
    `cd /etc && find logrotate.conf logrotate.d -exec stat -c '%a %u %g %n' {} + -type f -exec sha256sum {} + | sort`,
  );
}
