import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../../test/private-root.ts';
import { frameOf, shells, startProbe, textOf, type ProbeRun } from '../../../evidence/probe/testing/run-probe.ts';
import { diskUse } from '../../../disk/use.ts';
import { parseGrowth } from './growth.ts';
import { containerLogs } from '../problem.ts';
import { fixtureRoot } from '../testing/fixture-root.ts';
import fixtureScript from '../testing/fixture.sh?raw';

let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
  root.run(fixtureScript, 'pass-rule-ok', containerLogs.faultScript);
  root.run(logs);
});
afterAll(async () => {
  await root.close();
});

const docker = `/var/lib/docker/containers/${'1'.repeat(64)}/${'1'.repeat(64)}-json.log`;
const pods = '/var/log/pods/shop_web_u/app';

/**
 * Logs of 5 MB each: lines of docker and of containerd, and what a program may print to be taken for something else.
 */
const logs = String.raw`
  lines() { yes "$1" | head -c 5000000 | head -n -1; }
  docker_line() { printf '{"log":"%s\\n","stream":"stdout","time":"%s"}\n' "$1" "$2"; }
  mkdir -p ${pods}
  {
    docker_line 'planted-secret ==> ${pods}/0.log <==' 2026-11-20T00:00:00.000000001Z
    lines "$(docker_line 'planted-secret' 2026-11-21T00:00:00Z)"
    docker_line 'a quoted \"time\":\"2031-01-01T00:00:00Z\"}' 2026-11-25T12:00:00.5Z
    printf '{"log":"half a line, planted-sec'
  } >${docker}
  {
    echo '2026-11-20T09:00:00.000000001+09:00 stdout F planted-secret'
    lines '2026-11-21T09:00:00+09:00 stdout F planted-secret'
    echo '2026-11-25T21:00:00.5+09:00 stderr F "time":"2031-01-01T00:00:00Z"}'
  } >${pods}/0.log
  head -c 5000000 /dev/zero >${pods}/1.log
  lines 'no time at all, planted-secret' >'${pods}/2 with blanks.log'
  { docker_line "$(head -c 16384 /dev/zero | tr '\0' x)" 2026-11-20T00:00:00Z; lines "$(docker_line x 2026-11-21T00:00:00Z)"; } >${pods}/3.log
  lines '2026-11-21T09:00:00Z stdout F small' | head -c 4000000 >${pods}/4.log
  lines '2026-11-21T09:00:00Z stdout F packed' >${pods}/5.log.20261121-000000.gz
`;

describe.each(shells.map((shell) => ({ shell })))('under $shell', ({ shell }) => {
  let run: ProbeRun;
  beforeAll(async () => {
    run = await startProbe(root.enter, shell, containerLogs.facts, 30).done;
  });

  test('the times of the first and the last whole line, of logs that are large and no archives', () => {
    const growth = parseGrowth({ text: textOf(run, 'container-logs/growth'), truncated: false });
    const times = new Map(growth?.logs.map(({ path, first, last, skipped }) => [path, [first, last, skipped]]));
    const [first, last] = [Date.parse('2026-11-20T00:00:00Z'), Date.parse('2026-11-25T12:00:00.5Z')];

    expect(times).toEqual(
      new Map([
        [docker, [first, last, 0]],
        [`${pods}/0.log`, [first, last, 0]],
        [`${pods}/1.log`, [undefined, undefined, 0]],
        [`${pods}/2 with blanks.log`, [undefined, undefined, 0]],
        [`${pods}/3.log`, [first, Date.parse('2026-11-21T00:00:00Z'), 0]],
      ]),
    );
    expect(Math.abs(Number(growth?.now) - Date.now())).toBeLessThan(60_000);
  });

  test('of the largest, times inside at each fifth, and none of a log that has none', () => {
    const growth = parseGrowth({ text: textOf(run, 'container-logs/growth'), truncated: false });
    const inside = new Map(growth?.logs.map((log) => [log.path, log.inside]));
    const all = [...inside.values()].flat();

    expect(all.length).toBeGreaterThanOrEqual(4);
    expect(all.every(({ at }) => at === Date.parse('2026-11-21T00:00:00Z'))).toBe(true);
    for (const [index, { bytes }] of (inside.get(`${pods}/0.log`) ?? []).entries())
      expect(Math.abs(bytes - 1_000_000 * (index + 1))).toBeLessThan(20_000);
    expect([inside.get(`${pods}/1.log`), inside.get(`${pods}/2 with blanks.log`)]).toEqual([[], []]);
  });

  test('nothing of what is logged leaves the node', () => {
    expect(run.stdout.toString('latin1')).not.toContain('planted-sec');
    expect(frameOf(run, 'container-logs/growth').errors).toHaveLength(0);
  });

  test('a disk with room is not looked into', () => {
    expect(textOf(run, 'disk/use')).toBe('');
  });

  test('on a disk that is nearly full it is told what takes the room, deleted files that are open among it', async () => {
    const script = String.raw`
      mkdir -p /var/lib/docker/volumes && mount -t tmpfs -o size=16m disk /var/lib/docker/volumes
      mkdir -p /var/lib/docker/volumes/a && head -c 6000000 /dev/zero >/var/lib/docker/volumes/a/data
      mkdir -p /var/lib/kubelet && mount --bind /var/lib/docker/volumes /var/lib/kubelet && mkdir -p /var/lib/kubelet/pods/u
      head -c 4000000 /dev/zero >/var/lib/kubelet/pods/u/cache && head -c 4000000 /dev/zero >/var/lib/kubelet/gone
      # Open before it is deleted: what runs in the background opens its input when it comes to it.
      exec 3</var/lib/kubelet/gone
      sleep 60 <&3 3<&- >/dev/null 2>&1 & rm /var/lib/kubelet/gone; echo $!`;
    const sleeper = root.run(script).trim();
    const text = textOf(await startProbe(root.enter, shell, containerLogs.facts, 30).done, 'disk/use');
    root.run(
      'kill "$1"; while kill -0 "$1" 2>/dev/null; do sleep 0.02; done; umount /var/lib/kubelet /var/lib/docker/volumes',
      sleeper,
    );
    const places = diskUse
      .parse({ text, truncated: false })
      ?.map(({ kind, path, bytes, isCut }) => [kind, path, Math.round(bytes / 1e6), isCut]);

    expect(places).toEqual([
      ['volumes', '/var/lib/docker/volumes', 10, false],
      ['pod-volumes', '/var/lib/kubelet/pods', 4, false],
      // busybox's find, which its shell prefers to the machine's, cannot tell what a link points to.
      ...(shell[0] === 'busybox' ? [] : [['deleted', `/proc/${sleeper}/fd/0`, 4, false]]),
    ]);
  });
});
