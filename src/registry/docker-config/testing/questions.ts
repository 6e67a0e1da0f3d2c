import fc from 'fast-check';
import type { DockerConfigType } from '../docker-config.ts';

/** A pull secret's text, and an image that is pulled with it. */
export interface Question {
  readonly type: DockerConfigType;
  readonly text: string;
  readonly image: string;
}

const hosts = [
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'hub.docker.com',
  'ghcr.io',
  'registry.example',
  'a.registry.example',
  'localhost',
  '127.0.0.1',
  '[::1]',
];
const ports = ['', '', '', ':5000', ':443'];
const host = fc.tuple(fc.constantFrom(...hosts), fc.constantFrom(...ports)).map((parts) => parts.join(''));
const path = fc.constantFrom(
  '',
  '',
  '/',
  '/v1/',
  '/v2/',
  '/v1',
  '/v2/team',
  '/team',
  '/team/',
  '/team/web',
  '/library',
  '/te%61m',
  '/%zz',
  '//team',
  '?x=1',
  '#x',
  '/v1/v2/',
);
const scheme = fc.constantFrom(
  '',
  '',
  'https://',
  'http://',
  'HTTPS://',
  'ftp://',
  'https:',
  '//',
  'user@',
  'https://user:word@',
);
const globs = [
  '*',
  '*.io',
  '*.docker.io',
  'docker.*',
  '*.registry.example',
  '*.*.example',
  'ghcr.[a-z]*',
  'ghcr.[^a-h]o',
  'gh*r.io',
  '**.io',
  'ghcr.[io',
  'registry.example:*',
  '*:5000',
  'GHCR.IO',
  'g\\hcr.io',
  'ghcr.?o',
];
const odd = fc.oneof(
  fc.constantFrom(...globs),
  fc.constantFrom(
    '',
    ' ',
    'ghcr .io',
    ' ghcr.io',
    'ghcr.io ',
    'ghcr.io:',
    'ghcr.io:x',
    ':5000',
    '::1',
    'a\tb',
    '%67hcr.io',
    'gh%63r.io',
    'ghcr.io\n',
    '한글.example',
    'a_b.example',
    'a"b',
    'a|b',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
);
/** Often of the image's own registry: what matches nothing tells little. */
function keyFor(image: string): fc.Arbitrary<string> {
  const [own = ''] = image.includes('.') || image.startsWith('[') ? image.split('/') : ['docker.io'];
  const near = fc
    .tuple(scheme, fc.oneof({ weight: 3, arbitrary: fc.constant(own) }, { weight: 2, arbitrary: host }), path)
    .map((parts) => parts.join(''));
  return fc.oneof({ weight: 5, arbitrary: near }, { weight: 2, arbitrary: odd });
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const broken = fc.constantFrom<unknown>(
  7,
  'text',
  [],
  { auth: 'me:pass' },
  { auth: 'bm9jb2xvbg==' },
  { auth: 'bWU6cGFzcw=' },
  { auth: 'bWU6cGFzcw' },
  { auth: 'bWU6cGF zcw==' },
  { username: 1 },
  { email: {} },
  { auth: 'bWU6cGFzcw==\n' },
  { auth: 'bWU6\r\ncGFzcw==' },
  { auth: '=' },
  { auth: 'bWU6cA==x' },
  { auth: ' bWU6cGFzcw==' },
  { auth: 'bWU6cGFzcw== ' },
);

/** Each with a user of its own, so that an answer tells which it is. */
function entry(user: string): fc.Arbitrary<unknown> {
  const sound = fc.constantFrom<unknown>(
    { auth: base64(`${user}:p:w`) },
    { username: user, password: 'p' },
    { UserName: user, password: 'p', auth: '' },
    { auth: base64(`${user}:`), identitytoken: 't' },
    { username: user, auth: base64(`${user}:x`) },
    { username: user, registrytoken: { a: 1 } },
    null,
    {},
  );
  return fc.oneof({ weight: 40, arbitrary: sound }, { weight: 1, arbitrary: broken });
}

const authsFor = (image: string): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc
    .uniqueArray(keyFor(image), { minLength: 1, maxLength: 4 })
    .chain((all) =>
      fc
        .tuple(...all.map((_, index) => entry(`user${index}`)))
        .map((entries) => Object.fromEntries(all.map((one, index) => [one, entries[index]]))),
    );
const brokenText = fc.constantFrom(
  '',
  ' ',
  'null',
  '[]',
  '{',
  '7',
  '{"auths":[]}',
  '{"auths":null}',
  '{"auths":7}',
  '{} x',
  '\uFEFF{}',
  '{"auths":{"ghcr.io":{}},}',
  '{"AUTHS":{"ghcr.io":{"auth":"bWU6cGFzcw=="}}}',
  '{"auths":{},"Auths":{"ghcr.io":{"auth":"bWU6cGFzcw=="}}}',
);
const anyImage = fc.constantFrom(
  'nginx',
  'team/web',
  'docker.io/team/web:1',
  'index.docker.io/library/nginx',
  'ghcr.io/team/web',
  'ghcr.io:5000/team/web',
  'registry.example/team/web',
  'registry.example:5000/teams/x',
  'a.registry.example/web',
  'localhost/web',
  'localhost:5000/team/web',
  '127.0.0.1:5000/web',
  '[::1]:5000/web',
);

/** What people write into pull secrets, and what they should not. */
export const anyQuestion: fc.Arbitrary<Question> = fc.tuple(anyImage, fc.boolean()).chain(([image, isLegacy]) => {
  const text = authsFor(image).map((auths) => JSON.stringify(isLegacy ? auths : { auths }));
  const type = isLegacy ? ('kubernetes.io/dockercfg' as const) : ('kubernetes.io/dockerconfigjson' as const);
  return fc.record({
    type: fc.constant(type),
    text: fc.oneof({ weight: 20, arbitrary: text }, { weight: 1, arbitrary: brokenText }),
    image: fc.constant(image),
  });
});
