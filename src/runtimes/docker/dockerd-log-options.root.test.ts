import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../test/private-root.ts';
import { fixtureRoot } from '../../problems/container-logs/testing/fixture-root.ts';
import { conflictOf } from './daemon-config.ts';

/**
 * The real dockerd, started with each configuration in a root, a network and mounts of its own: log options are looked at
 * behind its connection to containerd, which `--validate` never makes.
 */
let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
  root.run(`
    mkdir /run/asked && cd /run/asked
    containerd --address /run/asked/containerd.sock --root /run/asked/containerd --state /run/asked/state --config /dev/null \\
      </dev/null >/run/asked/containerd.log 2>&1 &
    until [ -S /run/asked/containerd.sock ]; do kill -0 "$!"; sleep 0.05; done`);
});
afterAll(() => root.close());

/** Prints `accepted` when dockerd has made the log options its default, and what it said when it ends before. */
const start = `
set -e
rm -rf /run/asked/now && mkdir /run/asked/now && cd /run/asked/now
printf %s "$1" >daemon.json
shift
unshare --net --mount -- dockerd --debug --config-file daemon.json -H unix:///run/asked/now/docker.sock --containerd /run/asked/containerd.sock \\
  --data-root /run/asked/now/data --exec-root /run/asked/now/exec --pidfile /run/asked/now/pid --bridge=none --iptables=false \\
  --ip-forward=false -s vfs "$@" </dev/null >said 2>&1 &
while kill -0 "$!" 2>/dev/null; do
  if grep -q 'Using default logging driver' said; then
    kill -KILL "$!"
    wait "$!" || :
    echo accepted
    exit
  fi
  sleep 0.02
done
# What it stops as it goes may tell of its end behind that.
grep '^failed to start daemon' said || tail -n 1 said
`;

function dockerdSays(content: object, flags: readonly string[]): 'accepted' | 'refused' {
  const said = root.run(start, JSON.stringify(content), ...flags).trim();
  if (said === 'accepted') return said;
  if (said.startsWith('failed to start daemon: failed to set log opts')) return 'refused';
  throw new Error(`neither yes nor no: ${said}`);
}

/** What nodemend makes of a dockerd that runs with these flags. */
function nodemendSays(content: object, flags: readonly string[]): 'accepted' | 'refused' {
  const words = flags.map((flag) => flag.split('='));
  const fault = conflictOf(JSON.stringify(content), {
    flags: new Set(words.map(([name = '']) => name)),
    options: new Map(
      words.map(([name = '', ...rest]) =>
        name === '--log-opt' ? [rest[0] ?? '', rest[1] ?? ''] : [name.slice(2), rest[0] ?? ''],
      ),
    ),
  });
  return fault === undefined ? 'accepted' : 'refused';
}

const any = { labels: 'a', env: 'A', 'env-regex': '^A', 'labels-regex': '^a' };
const sized = { 'max-size': '10m', 'max-file': '3', compress: 'true' };

test.each<readonly [string, object, 'accepted' | 'refused', ...(readonly string[])]>([
  ['json-file', { ...any, ...sized, tag: '{{.Name}}' }, 'accepted'],
  ['json-file', { 'max-files': '3' }, 'refused'],
  ['json-file', { max_size: '10m' }, 'refused'],
  ['json-file', { 'Max-Size': '10m' }, 'refused'],
  ['json-file', { mode: 'non-blocking', 'max-buffer-size': '4m' }, 'accepted'],
  ['json-file', { mode: 'nonblocking' }, 'refused'],
  ['json-file', { mode: 'blocking', 'max-buffer-size': '4m' }, 'refused'],
  ['json-file', { 'max-buffer-size': '4m' }, 'refused'],
  ['json-file', { mode: 'non-blocking', 'max-buffer-size': 'much' }, 'refused'],
  ['json-file', { mode: 'non-blocking', 'max-buffer-size': '' }, 'refused'],
  ['json-file', { 'cache-disabled': 'true' }, 'accepted'],
  ['json-file', { 'cache-disabled': 'yes' }, 'refused'],
  // A container with these does not start; dockerd does.
  ['json-file', { 'max-size': 'ten', 'max-file': '0' }, 'accepted'],
  ['local', { ...sized }, 'accepted'],
  ['local', { tag: 'a' }, 'refused'],
  ['local', { labels: 'a' }, 'refused'],
  ['journald', { ...any, tag: 'a' }, 'accepted'],
  ['journald', { 'max-size': '10m' }, 'refused'],
  ['journald', { 'cache-max-size': '10m' }, 'accepted'],
  ['syslog', { ...any, 'syslog-address': 'udp://127.0.0.1:514', 'syslog-facility': 'daemon', tag: 'a' }, 'accepted'],
  ['syslog', { 'max-size': '10m' }, 'refused'],
  ['gelf', { ...any, 'gelf-address': 'udp://127.0.0.1:12201', tag: 'a' }, 'accepted'],
  ['gelf', { tag: 'a' }, 'refused'],
  ['fluentd', { ...any, 'fluentd-address': '127.0.0.1:24224', 'fluentd-async': 'true' }, 'accepted'],
  ['fluentd', { 'max-file': '3' }, 'refused'],
  ['awslogs', { 'awslogs-group': 'a', 'awslogs-region': 'b' }, 'accepted'],
  ['awslogs', { 'awslogs-region': 'b' }, 'refused'],
  ['gcplogs', { ...any, 'gcp-project': 'a' }, 'accepted'],
  ['gcplogs', { tag: 'a' }, 'refused'],
  ['splunk', { ...any, 'splunk-token': 'a', 'splunk-url': 'https://a' }, 'accepted'],
  ['splunk', { 'max-size': '10m' }, 'refused'],
  ['none', { 'max-files': '3', mode: 'odd' }, 'accepted'],
])('%s with %j: %s', (driver, options, expected) => {
  const content = { 'log-driver': driver, 'log-opts': options };

  expect([dockerdSays(content, []), nodemendSays(content, [])]).toEqual([expected, expected]);
});

test.each<readonly [object, readonly string[], 'accepted' | 'refused']>([
  [{ 'log-opts': { 'max-size': '10m' } }, ['--log-driver=journald'], 'refused'],
  [{ 'log-opts': { tag: 'a' } }, ['--log-driver=journald'], 'accepted'],
  [{ 'log-driver': 'journald' }, ['--log-opt=max-size=10m'], 'refused'],
  [{ 'log-driver': 'local' }, ['--log-opt=max-size=10m'], 'accepted'],
  [{}, ['--log-driver=local'], 'accepted'],
])('%j beside %j: %s', (content, flags, expected) => {
  expect([dockerdSays(content, flags), nodemendSays(content, flags)]).toEqual([expected, expected]);
});
