import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { containerd2 } from '../../../testbed/go/modules.ts';
import { buildModule } from '../../../testbed/go/go-module.ts';
import { createPrivateRoot, type PrivateRoot } from '../../../test/private-root.ts';
import { frameOf, startProbe } from '../../evidence/probe/testing/run-probe.ts';
import type { ConfigText } from './containerd-config.ts';
import { containerdRegistries } from './registries.ts';
import { sandboxSetting } from './sandbox-setting.ts';

/** What is asked is containerd itself, of both lines: `config dump` is what it would start with. */
let root: PrivateRoot;
const daemons = new Map([['1.6.20', '/usr/bin/containerd']]);
beforeAll(async () => {
  root = await createPrivateRoot();
  const programs = await buildModule(containerd2, { environment: process.env, report: () => undefined });
  daemons.set('2.4.2', join(programs, 'containerd'));
  root.run(
    `mkdir -p ${folder}/conf.d && cd ${folder} && printf '%s' "$1" >nested.toml
    printf '#!/bin/sh\nsleep 3600 & wait\n' >containerd; chmod 0755 containerd
    ./containerd --config ${folder}/config.toml </dev/null >/dev/null 2>&1 &
    while ! grep -qsx containerd /proc/[0-9]*/comm; do sleep 0.01; done`,
    `version = 2\n${second}sandbox_image = "nested"\n`,
  );
});
afterAll(() => root.close());

const second = '[plugins."io.containerd.grpc.v1.cri"]\n';
const third = "[plugins.'io.containerd.cri.v1.images'.pinned_images]\n";
const mains = [
  '[plugins.cri]\nsandbox_image = "main"\n',
  `version = 2\n${second}sandbox_image = "main"\n`,
  'version = 2\nplugins."io.containerd.grpc.v1.cri".sandbox_image = "main"\n',
  'version = 2\n[plugins]\n"io.containerd.grpc.v1.cri" = { sandbox_image = "main" }\n',
  `version = 2\n${second}x = 1\n[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/srv/certs"\n`,
  'version = 2\n',
  `version = 3\n${third}sandbox = 'main'\n`,
  "version = 3\n[plugins.'io.containerd.cri.v1.images']\npinned_images = { sandbox = 'main' }\n",
  `version = 3\n${second}sandbox_image = "main"\n`,
];
const others = [
  undefined,
  `${second}sandbox_image = "import"\n`,
  `version = 2\n${second}sandbox_image = "import"\n`,
  `version = 2\n${second}enable_selinux = true\n`,
  `version = 3\n${third}sandbox = "import"\n`,
  `version = 3\n${third}other = "import"\n`,
  `version = 2\nimports = ["../nested.toml"]\n`,
];
const patterns = ['/srv/containerd/conf.d/*.toml', 'conf.d/*.toml', 'conf.d/1.toml'];

const folder = '/srv/containerd';

interface ImportedText {
  readonly name: string;
  readonly text: string;
}

/** What each daemon would make of it; none of one that refuses to start. */
function dumped(main: string, ...imported: readonly ImportedText[]): ReadonlyMap<string, string> {
  const out = root.run(
    `cd ${folder} && rm -rf conf.d && mkdir conf.d; printf '%s' "$1" >config.toml; shift
    while [ "$1" != -- ]; do printf '%s' "$2" >"conf.d/$1"; shift 2; done; shift
    cd / && for one; do "$one" --config ${folder}/config.toml config dump 2>/dev/null; echo "end $one"; done`,
    main,
    ...imported.flatMap(({ name, text }) => [name, text]),
    '--',
    ...daemons.values(),
  );
  const images = out
    .split(/^end .*$/mu)
    .map((text) => /^ *(?:sandbox_image|sandbox) = ["'](.*)["']$/mu.exec(text)?.[1]);
  return new Map(
    [...daemons.keys()].flatMap((version, at) => (images[at] === undefined ? [] : [[version, images[at]]])),
  );
}

/** Undefined where something is there that was not read. */
async function files(): Promise<readonly ConfigText[] | undefined> {
  const { output } = frameOf(
    await startProbe(root.enter, ['dash'], [containerdRegistries], 30).done,
    'containerd/registries',
  );
  const facts = containerdRegistries.parse({ text: Buffer.from(output).toString('latin1'), truncated: false });
  if (facts === undefined || facts === 'no-containerd' || facts.refused !== undefined)
    throw new Error(JSON.stringify(facts));
  return facts.closed === undefined ? facts.files : undefined;
}

/** Files of the folder, each with its own name as the sandbox image: the last one that is taken in is told. */
const names = ['-first', '.hidden', '..odd', '', 'a', 'b'].map((name) => `${name}.toml`);

test.each([
  ['*.toml', 'b.toml'],
  ['.*.toml', '.hidden.toml'],
  ['*hidden.toml', '.hidden.toml'],
  ['*', 'b.toml'],
  ['a*.toml', 'a.toml'],
  ['*.*', 'b.toml'],
  // None of these is taken apart; what containerd makes of them is for it to know.
  ['[ab].t*', undefined],
  ['**.toml', undefined],
])('imports of %s are what containerd takes, names with a dot before them too', async (pattern, last) => {
  const all = names.map((name) => ({ name, text: `${second}sandbox_image = "${name}"\n` }));
  for (const left of [[], ['a.toml', 'b.toml'], ['a.toml', 'b.toml', '.hidden.toml']]) {
    const some = all.filter(({ name }) => !left.includes(name));
    const main = `imports = ["${folder}/conf.d/${pattern}"]\nversion = 2\n${second}sandbox_image = "main"\n`;
    const expected = dumped(main, ...some);
    const said = await files();
    for (const [version, image] of expected) {
      const setting = said && sandboxSetting(said, version);
      expect(setting, `${version} ${left.join()}`).toEqual(last && expect.objectContaining({ state: 'known', image }));
    }
    if (left.length === 0 && last !== undefined) expect([...expected.values()]).toEqual([last, last]);
  }
});

test('what is said of any configuration is what containerd makes of it, or that it is not known', async () => {
  // Each main file with every second import: a second each on a busy machine.
  const pairs = mains.flatMap((main, at) =>
    others.flatMap((other, turn) =>
      (at + turn) % 2 === 1 ? [] : [{ main, other, pattern: patterns[(at + turn) % 3] }],
    ),
  );
  const states: string[] = [];
  for (const { main, other, pattern } of pairs) {
    const whole = other === undefined ? main : `imports = ["${pattern}"]\n${main}`;
    const expected = dumped(whole, ...(other === undefined ? [] : [{ name: '1.toml', text: other }]));
    const said = await files();
    for (const [version, image] of expected) {
      const setting = sandboxSetting(said ?? [], version);
      states.push(setting.state);
      const is = setting.state === 'known' ? setting.image : image;
      expect(is, `${version}\n${whole}---\n${other}`).toBe(image);
    }
  }
  // A third of these do not come to the same in each release.
  expect(states.filter((state) => state === 'known').length).toBeGreaterThan(states.length / 2);
});
