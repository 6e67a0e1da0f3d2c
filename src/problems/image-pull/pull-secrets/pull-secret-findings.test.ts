import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../../evidence/evidence.ts';
import { diagnose } from '../diagnose.ts';
import { pullSecretFindings } from './pull-secret-findings.ts';
import {
  loginOf,
  pullSecret,
  secretFixture,
  tokenUntil,
  unauthorized,
  type SecretFixture,
} from './testing/secret-fixtures.ts';

const image = 'registry.example.test/shop/web:1';
const says = unauthorized(image);
const limit =
  'failed to copy: httpReadSeeker: failed open: unexpected status code ' +
  'https://registry-1.docker.io/v2/shop/web/manifests/sha256:00: 429 Too Many Requests - Server message: ' +
  'toomanyrequests: You have reached your unauthenticated pull rate limit.';
const good = loginOf('registry.example.test');

function told(fixture: SecretFixture | Evidence): readonly string[] {
  const findings = pullSecretFindings('schema' in fixture ? fixture : secretFixture(fixture));
  return findings.map(
    ({ status, rule, subject }) =>
      `${status} ${rule} ${'namespace' in subject ? `${subject.namespace}/${subject.name}` : subject.kind}`,
  );
}

const commandOf = (fixture: SecretFixture): unknown =>
  pullSecretFindings(secretFixture(fixture))[0]?.text.params['command'];

describe('all is well', () => {
  test.each<[string, SecretFixture]>([
    ['pods run, and their Secret is right', { secrets: { regcred: good } }],
    [
      'pods run from a registry that is open to all, with a Secret for another',
      { image: 'nginx:1', secrets: { regcred: good } },
    ],
    [
      'pods fail for something else',
      { says: 'dial tcp: lookup registry.example.test: no such host', secrets: { regcred: good } },
    ],
    [
      'anonymous pulls run into a limit, which does not concern Secrets',
      { image: 'nginx:1', says: limit, pod: { pullSecrets: [] }, secrets: {} },
    ],
    [
      'a login that ends later',
      {
        secrets: {
          regcred: pullSecret({ 'registry.example.test': { username: 'shop', password: tokenUntil(32_503_680_000) } }),
        },
      },
    ],
    [
      'a login that is at its end, of a registry that nobody pulls from',
      {
        image: 'nginx:1',
        secrets: {
          regcred: pullSecret({
            'registry.example.test': { username: 'shop', password: tokenUntil(1) },
            'quay.io': {},
          }),
        },
      },
    ],
    [
      'a Secret of this name that only another namespace lacks',
      { pod: { pullSecrets: [] }, secrets: { other: pullSecret('broken') } },
    ],
  ])('%s', (_, fixture) => {
    expect(told(fixture)).toEqual([]);
  });
});

describe('only what matters, as far as it matters', () => {
  test('what pods fail of is a fail; what waits for the next node is a warning', () => {
    expect(told({ says, secrets: { regcred: 'absent' } })).toEqual(['fail secret-missing shop/regcred']);
    expect(told({ secrets: { regcred: 'absent' } })).toEqual(['warn secret-missing shop/regcred']);
    expect(
      told({ says: 'dial tcp: lookup registry.example.test: no such host', secrets: { regcred: 'absent' } }),
    ).toEqual(['warn secret-missing shop/regcred']);
  });

  test('a Secret that only a ServiceAccount names', () => {
    expect(told({ pod: { pullSecrets: [] }, secrets: { regcred: pullSecret('{') }, attached: ['regcred'] })).toEqual([
      'warn secret-broken shop/regcred',
    ]);
  });

  test('Docker Hub counts a pull without its login as anonymous', () => {
    expect(told({ image: 'shop/web:1', says: limit, secrets: { regcred: loginOf('hub.docker.com') } })).toEqual([
      'fail secret-wrong-key shop/regcred',
    ]);
    expect(told({ image: 'shop/web:1', says: limit, secrets: { regcred: 'absent' } })).toEqual([
      'fail secret-missing shop/regcred',
    ]);
    // The account's own limit: the login is right.
    expect(
      told({ image: 'shop/web:1', says: limit, secrets: { regcred: loginOf('https://index.docker.io/v1/') } }),
    ).toEqual([]);
  });

  test('one Secret is one finding, with all that names it', () => {
    const [finding] = pullSecretFindings(
      secretFixture({ says, secrets: { regcred: pullSecret({ 'registry.example.test': {}, 'quay.io': {} }) } }),
    );
    expect(finding).toMatchObject({
      rule: 'secret-without-password',
      text: { params: { key: 'registry.example.test' } },
      facts: { pods: 1, workloads: [{ name: 'shop/web', pods: 1 }] },
      remedy: false,
    });
  });
});

describe('keys', () => {
  const hub = 'shop/web:1';
  test.each(['docker.io', 'index.docker.io', 'https://index.docker.io/v1/', 'docker.io/shop', '*.io'])(
    'Docker Hub under %s is found: the registry refuses it',
    (key) => {
      expect(told({ image: hub, says, secrets: { regcred: loginOf(key) } })).toEqual([
        'fail login-refused shop/regcred',
      ]);
    },
  );

  test.each([
    'registry-1.docker.io',
    'https://hub.docker.com/',
    'registry.hub.docker.com',
    'https://index.docker.io/v1',
    'docker.com',
    'docker.io:443',
    'DOCKER.IO',
  ])('Docker Hub under %s is not', (key) => {
    expect(told({ image: hub, says, secrets: { regcred: loginOf(key) } })).toEqual([
      'fail secret-wrong-key shop/regcred',
    ]);
    expect(
      pullSecretFindings(secretFixture({ image: hub, says, secrets: { regcred: loginOf(key) } }))[0]?.text.params,
    ).toMatchObject({ key, expected: 'https://index.docker.io/v1/', registry: 'docker.io' });
  });

  test.each(['registry.example.test:5000', 'registry.example.test/team', 'Registry.Example.Test'])(
    'another registry under %s',
    (key) => {
      expect(told({ image, says, secrets: { regcred: loginOf(key) } })).toEqual(['fail secret-wrong-key shop/regcred']);
    },
  );

  test('a key of somebody else is not a key of this registry', () => {
    expect(told({ image, says, secrets: { regcred: loginOf('quay.io') } })).toEqual(['fail no-login shop/web']);
    expect(told({ image: hub, says, secrets: { regcred: loginOf('mydocker.io') } })).toEqual([
      'fail no-login shop/web',
    ]);
  });

  test('all Secrets of a pod are one keyring', () => {
    expect(
      told({
        says,
        pod: { pullSecrets: ['wrong', 'regcred'] },
        secrets: { wrong: loginOf('registry.example.test:1'), regcred: good },
      }),
    ).toEqual(['fail login-refused shop/regcred']);
  });

  test('a retired registry: its successor got no login', () => {
    const ghcr = 'ghcr.io/shop/web:1';
    expect(
      told({ image: ghcr, says: unauthorized(ghcr), secrets: { regcred: loginOf('https://docker.pkg.github.com') } }),
    ).toEqual(['fail secret-retired-key shop/regcred']);
    expect(told({ image: 'nginx:1', secrets: { regcred: loginOf('docker.pkg.github.com') } })).toEqual([
      'warn secret-retired-key shop/regcred',
    ]);
    const both = pullSecret({ 'docker.pkg.github.com': { auth: 'YTpi' }, 'ghcr.io': { auth: 'YTpi' } });
    expect(told({ image: ghcr, says: unauthorized(ghcr), secrets: { regcred: both } })).toEqual([
      'fail login-refused shop/regcred',
    ]);
  });
});

describe('what was not seen is never fine', () => {
  test('without --use-secrets: that it was not looked at, where it matters, and what kubelet says', () => {
    expect(told({})).toEqual([]);
    expect(pullSecretFindings(secretFixture({ says }))).toMatchObject([
      { status: 'not-looked-at', enable: '--use-secrets shop' },
    ]);
    const events = [
      {
        about: 'web-1',
        reason: 'FailedToRetrieveImagePullSecret',
        message:
          'Unable to retrieve some image pull secrets (regcred, second); attempting to pull the image may not succeed.',
      },
    ];
    expect(told({ events })).toEqual([
      'warn secret-not-retrieved shop/regcred',
      'warn secret-not-retrieved shop/second',
    ]);
    // The Secret is there now.
    expect(told({ events, secrets: { regcred: good } })).toEqual([]);
  });

  test('a Secret that may not be read', () => {
    const unread = { state: 'unknown', reason: 'forbidden', detail: 'no' } as const;
    expect(told({ says, secrets: { regcred: unread } })).toEqual(['unknown pull-secret-unknown shop/regcred']);
  });

  test('evidence of what expires later is read with the clock of its collection', () => {
    const evidence = secretFixture({
      says,
      secrets: {
        regcred: pullSecret({ 'registry.example.test': { username: 'shop', password: tokenUntil(1_795_651_200) } }),
      },
    });
    expect(told({ ...evidence, collectedAt: '2026-11-25T23:59:59.000Z' })).toEqual(['fail login-refused shop/regcred']);
    expect(told({ ...evidence, collectedAt: '2026-11-26T00:00:00.000Z' })).toEqual([
      'fail secret-expired shop/regcred',
    ]);
  });

  test('no pods, nothing to say', () => {
    const evidence = secretFixture({ says });
    expect(told({ ...evidence, cluster: { state: 'not-looked-at', enable: '--kubeconfig' } })).toEqual([]);
  });
});

test('the next step is a command that can be typed', () => {
  expect(commandOf({ image: 'shop/web:1', says, secrets: { regcred: 'absent' } })).toBe(
    'nodemend pull-secret --registry docker.io --name regcred --namespace shop --username USER',
  );
  expect(commandOf({ says, pod: { pullSecrets: [] }, secrets: {} })).toBe(
    'nodemend pull-secret --registry registry.example.test --name nodemend-pull --namespace shop --service-account default --username USER',
  );
});

describe('beside what is said of the registry', () => {
  const rulesOf = (fixture: SecretFixture): readonly string[] =>
    diagnose(secretFixture(fixture)).flatMap(({ status, rule }) => (status === 'fail' ? [rule] : []));

  test('the exact finding is told alone', () => {
    expect(rulesOf({ says, secrets: { regcred: 'absent' } })).toEqual(['secret-missing']);
    expect(rulesOf({ says, secrets: { regcred: good } })).toEqual(['login-refused']);
    expect(rulesOf({ says, pod: { pullSecrets: [] }, secrets: {} })).toEqual(['no-login']);
  });

  test('where the name may just as well be misspelt, both are', () => {
    const unclear =
      'pull access denied, repository does not exist or may require authorization: insufficient_scope: authorization failed';
    expect(rulesOf({ says: unclear, pod: { pullSecrets: [] }, secrets: {} })).toEqual(['auth-or-missing', 'no-login']);
  });

  test('what does not concern logins is reported for the registry', () => {
    expect(
      rulesOf({ says: 'dial tcp: lookup registry.example.test: no such host', secrets: { regcred: 'absent' } }),
    ).toEqual(['dns']);
  });

  test('without the Secrets the registry speaks for itself, and never is all well', () => {
    const fixture = secretFixture({ says, secrets: { regcred: 'absent' } });
    const { cluster } = fixture;
    if (cluster.state !== 'seen') throw new Error('no cluster');
    const { pullSecrets: _, ...value } = cluster.value;
    const rules = diagnose({ ...fixture, cluster: { ...cluster, value } }).map(
      ({ status, rule }) => `${status} ${rule}`,
    );
    expect(rules).toContain('fail auth-required');
    expect(diagnose(fixture).map(({ rule }) => rule)).not.toContain('pulls-fine');
  });
});
