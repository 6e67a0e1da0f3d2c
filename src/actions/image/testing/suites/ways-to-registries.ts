import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lock, perform } from '../../../../../test/chroot/file-fixture.ts';
import { imageKind } from '../../image.ts';
import { small, type PullBench } from '../pull-bench.ts';

/** By which way, trusting whom, and as whom a registry is asked. */
export function waysToRegistriesSuite(bench: PullBench): void {
  test('a password goes to ctr by a terminal: no argument and no file has it', async () => {
    const { node, context, registry } = bench;
    const { user, password } = registry.login;
    const spec = bench.pulled(registry.closedHost, small, { login: { user } });
    await bench.refusesToPull(spec, 'IMAGE_PASSWORD_MISSING', /robot\$pull/u);
    const wrong = { ...context, secret: () => 'wr0ng' };
    await bench.refusesToPull(spec, 'IMAGE_FETCH_FAILED', /authorization failed|401 Unauthorized/u, wrong);

    await bench.begin();
    // What ctr is called with, and what is in the run's folder meanwhile.
    renameSync(node.path('usr/bin/ctr'), node.path('usr/bin/ctr.real'));
    writeFileSync(
      node.path('usr/bin/ctr'),
      '#!/bin/sh\nprintf "%s\\n" "$*" >>/tmp/seen\ngrep -r "" /var/lib/nodemend >>/tmp/seen\nexec /usr/bin/ctr.real "$@"\n',
      { mode: 0o755 },
    );
    const given = { ...context, secret: (action: string) => (action === spec.id ? password : undefined) };
    const outcomes = await perform(imageKind.apply(spec), given);
    renameSync(node.path('usr/bin/ctr.real'), node.path('usr/bin/ctr'));
    expect(outcomes).toEqual(['prepare done', 'fetch done', 'name done', 'verify done']);
    const seen = readFileSync(node.path('tmp/seen'), 'utf8');
    expect(seen).toContain(`--user ${user}`);
    expect(seen).not.toContain(password);
    expect(await perform(imageKind.undo(spec), given)).toEqual(['undo done']);
  });

  test('as the runtime is configured: by its mirror, trusting its own authority, and no other way', async () => {
    const { node, context, registry, authority } = bench;
    const folder = '/etc/containerd/certs.d';
    const hosts = `${folder}/registry.example.com`;
    mkdirSync(node.path(hosts), { recursive: true });
    const mirror = (ca: string): void =>
      writeFileSync(
        node.path(`${hosts}/hosts.toml`),
        `server = "https://127.0.0.1:1"\n[host."https://${registry.tlsHost}"]\n${ca}`,
      );
    const { user, password } = registry.login;
    const login = { hosts: 'runtime', hostsFolder: folder, login: { user } } as const;
    const spec = bench.pulled('registry.example.com', small, login);
    const given = { ...context, secret: () => password };
    mirror('');
    await bench.refusesToPull(spec, 'IMAGE_FETCH_FAILED', /certificate signed by unknown authority/u, given);

    await bench.begin();
    writeFileSync(node.path(`${hosts}/ca.pem`), authority.certificate);
    mirror(`  ca = "${hosts}/ca.pem"\n`);
    expect(await perform(imageKind.apply(spec), given)).toEqual([
      'prepare done',
      'fetch done',
      'name done',
      'verify done',
    ]);
    expect(await perform(imageKind.undo(spec), given)).toEqual(['undo done']);

    // Where the runtime has no such folder, nothing of it is used.
    await bench.begin();
    const { hostsFolder: _, ...without } = login;
    await bench.refusesToPull(
      bench.pulled('registry.example.com', small, without),
      'IMAGE_FETCH_FAILED',
      /lookup registry/u,
      given,
    );
  });

  test('as an endpoint of the old tables: by its own authority, and nothing where that is not the one', async () => {
    const { node, context, registry, authority } = bench;
    writeFileSync(node.path('etc/mirror.pem'), authority.certificate);
    // What is called an address of the loopback ctr asks without TLS.
    const mirror = registry.tlsHost.replace('127.0.0.1', 'mirror.example.com');
    writeFileSync(node.path('etc/hosts'), '127.0.0.1 mirror.example.com\n');
    const { user, password } = registry.login;
    const at = { hosts: 'runtime', login: { user } } as const;
    const given = { ...context, secret: () => password };
    await bench.refusesToPull(bench.pulled(mirror, small, at), 'IMAGE_FETCH_FAILED', /unknown authority/u, given);

    await bench.begin();
    const spec = bench.pulled(mirror, small, { ...at, tls: { ca: '/etc/mirror.pem' } });
    expect((await perform(imageKind.apply(spec), given)).at(-1)).toBe('verify done');
    expect(await perform(imageKind.undo(spec), given)).toEqual(['undo done']);
  });

  test('a registry that wants a token gets one by the password', async () => {
    const { context, registry, faulty } = bench;
    const { user, password } = registry.login;
    faulty.fault = { tokenFor: { user, password } };
    const spec = bench.pulled(faulty.host, small, { login: { user } });
    const outcomes = await perform(imageKind.apply(spec), { ...context, secret: () => password });
    expect(outcomes.at(-1)).toBe('verify done');
  });

  test('without ctr, or script for a password, nothing is begun', async () => {
    const { node, context, registry } = bench;
    const spec = bench.pulled(registry.closedHost, small, { login: { user: 'robot' } });
    const given = { ...context, secret: () => 'x' };
    renameSync(node.path('usr/bin/script'), node.path('tmp/script'));
    await bench.refusesToPull(spec, 'NODE_TOOL_MISSING', /script/u, given);
    renameSync(node.path('tmp/script'), node.path('usr/bin/script'));
    await lock(node);
    renameSync(node.path('usr/bin/ctr'), node.path('tmp/ctr'));
    // What other clients of containerd there are does not help.
    writeFileSync(node.path('usr/bin/nerdctl'), '#!/bin/sh\n', { mode: 0o755 });
    expect(await imageKind.apply(spec)[0]?.perform(given)).toMatchObject({
      code: 'RUNTIME_CLIENT_MISSING',
      params: { client: 'ctr' },
    });
    renameSync(node.path('tmp/ctr'), node.path('usr/bin/ctr'));
  });
}
