import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { runs } from '../../../test/runs.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { errorText } from '../../errors/text.ts';
import { parseConfiguration } from './parse.ts';
import { configurationSchema } from './schema.ts';

const whole = `# every key
kubeconfig: ~/.kube/prod
context: nks_prod_0af1
language: ko
via: ssh
output: table
leaseNamespace: nodemend
ssh:
  user: centos
  port: 22
  identityFiles: [~/.ssh/nks]
  bastion: { host: bastion.example.com, user: ops, port: 2222, identityFiles: [keys/bastion] }
  knownHosts: [known_hosts]
  hostKeys: accept-new
  connectTimeoutSeconds: 10
  concurrency: 50
nodeGroups:
  - name: default-worker
    nodes: worker-[1-40,43]
    user: rocky
    identityFiles: [keys/rocky]
    bastion: false
    port: 2200
rollout:
  canary: 1
  batches: [1, 10%, 100%]
  maxUnavailable: 10%
  soakSeconds: 60
rateLimit:
  tiers:
    - { name: ours, pulls: 200, windowSeconds: 21600 }
    - { name: Team, pulls: unlimited }
`;

const read = (text: string): unknown => parseConfiguration({ path: 'nodemend.yaml', text });

test('every key is read', () => {
  expect(read(whole)).toEqual(parse(whole));
});

test.each(['', '\n# nothing yet\n', '---\n', '{}'])('an empty file is an empty configuration: %j', (text) => {
  expect(read(text)).toEqual({});
});

test('JSON is YAML', () => {
  expect(read('{"ssh": {"port": 2222}}')).toEqual({ ssh: { port: 2222 } });
});

describe('faults are told with file, line, key and what to write', () => {
  test.each([
    ['via: ssh\nsssh:\n  port: 22\n', 'nodemend.yaml line 2: unknown key sssh.', 'Did you mean ssh?'],
    ['ssh:\n  known-hosts: []\n', 'nodemend.yaml line 2: unknown key ssh.known-hosts.', 'Did you mean knownHosts?'],
    ['rollout:\n  cnaary: 1\n', 'nodemend.yaml line 2: unknown key rollout.cnaary.', 'Did you mean canary?'],
    [
      'rateLimit:\n  tiers: [{ name: x, pulls: many }]\n',
      'nodemend.yaml line 2: rateLimit.tiers[0].pulls has an invalid value.',
      'Expected: integer 1.. | unlimited',
    ],
    [
      'rollout:\n  speed: 1\n',
      'nodemend.yaml line 2: unknown key rollout.speed.',
      'Known keys: canary, batches, batchesWithin, maxUnavailable, soakSeconds, drain, window, ' +
        'blockingPodSelectors, waitForBlockersSeconds, prometheus.',
    ],
    [
      'nodeGroups:\n  - name: a\n  - name: b\n    usr: x\n',
      'nodemend.yaml line 4: unknown key nodeGroups[1].usr.',
      'Did you mean user?',
    ],
    ['ssh:\n  port: "22"\n', 'nodemend.yaml line 2: ssh.port has an invalid value.', 'Expected: integer 1..65535'],
    ['ssh:\n  port: 70000\n', 'nodemend.yaml line 2: ssh.port has an invalid value.', 'Expected: integer 1..65535'],
    ['ssh:\n  port:\n', 'nodemend.yaml line 2: ssh.port has an invalid value.', 'Expected: integer 1..65535'],
    ['via: telnet\n', 'nodemend.yaml line 1: via has an invalid value.', 'Expected: ssh | system-ssh | pod | local'],
    ['ssh: 22\n', 'nodemend.yaml line 1: ssh has an invalid value.', 'Expected: {…}'],
    [
      'ssh:\n  identityFiles: key\n',
      'nodemend.yaml line 2: ssh.identityFiles has an invalid value.',
      'Expected: [path, …]',
    ],
    [
      'ssh:\n  identityFiles:\n    - key\n    - 7\n',
      'nodemend.yaml line 4: ssh.identityFiles[1] has an invalid value.',
      'Expected: path',
    ],
    ['nodeGroups:\n  - user: x\n', 'nodemend.yaml line 2: nodeGroups[0].name is missing.', 'Expected: string'],
    ['ssh:\n  bastion:\n    user: x\n', 'nodemend.yaml line 2: ssh.bastion.host is missing.', 'Expected: host'],
    [
      'nodeGroups:\n  - name: a\n    nodes: w[1-\n',
      'nodemend.yaml line 3: nodeGroups[0].nodes has an invalid value.',
      'Expected: worker-[1-40,43]',
    ],
    [
      'rollout:\n  batches:\n    - 1\n    - 1.5\n',
      'nodemend.yaml line 4: rollout.batches[1] has an invalid value.',
      'Expected: integer 1.. | 10%',
    ],
    [
      'rollout:\n  maxUnavailable: 110%\n',
      'nodemend.yaml line 2: rollout.maxUnavailable has an invalid value.',
      'Expected: integer 1.. | 10%',
    ],
    [
      'nodeGroups:\n  - name: a\n    bastion: direct\n',
      'nodemend.yaml line 3: nodeGroups[0].bastion has an invalid value.',
      'Expected: {…} | false',
    ],
    [
      'leaseNamespace: Kube_System\n',
      'nodemend.yaml line 1: leaseNamespace has an invalid value.',
      'Expected: namespace',
    ],
    [
      'neededImages:\n  - a.test/agent:1\n  - A.test/Agent:1\n',
      'nodemend.yaml line 3: neededImages[1] has an invalid value.',
      'Expected: image',
    ],
    ['- via: ssh\n', 'nodemend.yaml line 1: . has an invalid value.', 'Expected: {…}'],
    [
      'via: ssh\nvia: local\n',
      'nodemend.yaml line 2: invalid YAML (DUPLICATE_KEY).',
      'Fix the line; indentation and quotes are the usual causes.',
    ],
    [
      'ssh:\n\tport: 22\n',
      'nodemend.yaml line 2: invalid YAML (TAB_AS_INDENT).',
      'Fix the line; indentation and quotes are the usual causes.',
    ],
    [
      'via: *nobody\n',
      'nodemend.yaml line 1: invalid YAML (ALIAS).',
      'Fix the line; indentation and quotes are the usual causes.',
    ],
    [
      'nodeGroups:\n  - name: a\n  - name: a\n',
      'nodemend.yaml line 3: nodeGroups[1].name is a, which already exists.',
      'Merge the two entries, or rename one.',
    ],
  ])('%j', (text, cause, next) => {
    expect(wordsOf(() => read(text))).toEqual({ cause, next });
  });

  test.each([
    ['a: [', 'YAML_SYNTAX_INVALID'],
    ['sssh: 1', 'YAML_KEY_UNKNOWN'],
    ['via: 1', 'YAML_VALUE_INVALID'],
    ['nodeGroups: [{name: a}, {name: a}]', 'YAML_VALUE_DUPLICATE'],
  ])('%j is %s', (text, code) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code, exitCode: 2 }));
  });

  test('the first of several', () => {
    expect(wordsOf(() => read('rollout:\n  speed: 1\nvia: telnet\nssh: 1\n')).cause).toContain(
      'line 2: unknown key rollout.speed',
    );
  });

  test('a value is never quoted: it may be a secret in the wrong place', () => {
    const secret = 'hunter2';

    expect(JSON.stringify(wordsOf(() => read(`ssh:\n  port: ${secret}\n`)))).not.toContain(secret);
    expect(JSON.stringify(wordsOf(() => read(`ssh: {port: ${secret}\n`)))).not.toContain(secret);
  });
});

test('any text is read or refused by a code of ours', () => {
  const fragment = fc.constantFrom(
    'ssh:',
    ' port: 22',
    '- ',
    'nodeGroups:',
    '\n',
    '  ',
    'name: a',
    '{',
    '}',
    '[',
    '&a ',
    '*a',
    'via: ssh',
    '"',
    '!!set',
    '|',
    '<<: ',
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 12 }), (parts) => {
      try {
        read(parts.join(''));
      } catch (error) {
        expect(isNodemendError(error) && error.code).toMatch(/^YAML_/);
      }
    }),
    { numRuns: runs(500) },
  );
});

test('the published schema accepts and refuses the same', () => {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(z.toJSONSchema(configurationSchema));

  expect(validate(parse(whole)), JSON.stringify(validate.errors)).toBe(true);
  for (const text of [
    'sssh: {}',
    'ssh: {port: 0}',
    'nodeGroups: [{user: x}]',
    'rollout: {batches: [1.5]}',
    'nodeGroups: [{name: a, nodes: "w[1-"}]',
  ]) {
    expect(validate(parse(text)), text).toBe(false);
    expect(() => read(text), text).toThrow();
  }
});

function wordsOf(call: () => unknown): { readonly cause: string; readonly next: string } {
  try {
    call();
  } catch (error) {
    if (isNodemendError(error)) return errorText('en', error.code, error.params);
    throw error;
  }
  throw new Error('nothing was thrown');
}
