import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classify } from './classify.ts';
import { plainText } from './plain-text.ts';
import { answerRules, dns, imageRules, network, nodeRules, registryIll, timeOut, tls } from './rules.ts';
import { wordings } from './testing/wordings.ts';
import { withoutNames } from './names.ts';

/** The words that each pattern of each rule consists of, as somebody could call a workload. */
const ofRules = [
  ...[...nodeRules, ...imageRules, ...answerRules, dns, tls, network].flatMap(({ says, unless }) => [says, unless]),
  registryIll,
  timeOut,
]
  .flatMap((pattern) => pattern?.source.split('|') ?? [])
  .map((words) =>
    words
      .replaceAll(/\\[a-zA-Z]|\(\?[:!=<]*|\{[^}]*\}|\[[^\]]*\]|\\?[^a-z0-9]/g, '-')
      .replaceAll(/-+/g, '-')
      .replaceAll(/^-|-$/g, ''),
  )
  .filter((name) => /^[a-z][a-z0-9-]{2,60}$/.test(name));

const others = [
  'oom-killer',
  'oom',
  'config-watcher',
  'inotify-tools',
  'pause',
  'sandbox',
  'infra',
  'create-pod-sandbox',
  'runsandbox',
  'createsandbox',
  'failed-to-get-sandbox-image',
  'toomanyrequests',
  'hap429',
  'rate-exceeded',
  'registry',
  'pull',
  'image',
  'manifest',
  'webhook',
  'git',
  'squid',
  'err-access-denied',
  'readiness-probe-failed',
  'cgroup',
  'kubepods',
  'unsharing',
  'semget',
];
const name = fc.constantFrom(...new Set([...ofRules, ...others]));
const rename = (message: string, to: string): string =>
  message
    .replaceAll(/(?<=[/"_:])(?:nginx|web|b|pause)(?=[:/"@_(])/g, to)
    .replaceAll(/(?<=default[/_])web\b|(?<=volume )"data"|(?<=container )web\b/g, (old) =>
      old.startsWith('"') ? `"${to}"` : to,
    );

/** Whose name is the verdict: what is wrong with it is the name itself, or it is the sandbox's own image. */
const renamed = wordings.filter(
  ({ message, label }) => label !== 'invalid-image-name' && rename(message, 'x') !== message,
);

test('there are names in many wordings', () => {
  expect(renamed.length).toBeGreaterThan(40);
  expect(new Set(ofRules).size).toBeGreaterThan(150);
});

test('a name never decides a verdict, whatever words it is made of', () => {
  fc.assert(
    fc.property(fc.constantFrom(...renamed), name, ({ label, message }, to) => {
      expect(classify({ message: rename(message, to) }), rename(message, to)).toBe(label);
    }),
    { numRuns: 2_000 },
  );
});

const harmless: readonly ((name: string) => string)[] = [
  (of) => `Back-off pulling image "${of}:1"`,
  (of) => `Back-off pulling image "registry.example.com/team/${of}:1"`,
  (of) => `Back-off pulling image "registry.example.com/${of}/web:${of}"`,
  (of) => `Back-off pulling image "${of}.example.com/team/web:1"`,
  (of) => `Pulling image "quay.io/${of}/${of}@sha256:00"`,
  (of) => `Back-off restarting failed container ${of} in pod ${of}-7d9f_default(8a1b)`,
  (of) => `back-off 5m0s restarting failed container=${of} pod=${of}-0_default(8a1b)`,
  (of) =>
    `"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"${of}\\" with CrashLoopBackOff" pod="default/${of}"`,
  (of) => `container "${of}" in pod "${of}" is waiting to start: trying and failing to pull image`,
  (of) => `time="2026-11-26T23:54:24Z" level=info msg="PullImage \\"docker.io/${of}/${of}:1\\""`,
  (of) => `Created container ${of}`,
];

test('and makes none of what says nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom(...harmless), name, (print, of) => {
      expect(classify({ message: print(of) }), print(of)).toBe('other');
    }),
    { numRuns: 2_000 },
  );
});

test('a host is kept where it says whose limit it is', () => {
  const text = plainText('Head "https://mirror.example/v2/team/web/manifests/1": image "docker.io/team/web:1"');
  expect(withoutNames(text, 'hosts')).toBe('head "https://mirror.example/v2/x/x/manifests/x": image "docker.io/x/x:x"');
  expect(withoutNames(text, 'nothing')).toBe('head "https://x.example/v2/x/x/manifests/x": image "x.example/x/x:x"');
});
