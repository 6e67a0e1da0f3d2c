import { describe, expect, it, test } from 'vitest';
import { retiredNames, successorOf } from '../registry/successor.ts';
import { findReferences } from './find-references.ts';
import { retiredPatterns } from './retired-patterns.ts';
import { rewriteText } from './rewrite-text.ts';
import { unifiedHunks } from './unified-hunks.ts';

const options = {
  file: 'x.yaml',
  patterns: retiredPatterns(retiredNames()),
  successorOf: (written: string) => successorOf(written),
  mentions: false,
} as const;
const found = (text: string, more: Partial<Parameters<typeof findReferences>[1]> = {}): readonly string[] =>
  findReferences(text, { ...options, ...more }).map(
    ({ action, reason, old, new: proposal }) => `${action} ${reason}: ${old} -> ${proposal ?? '?'}`,
  );
const rewritten = (text: string, more: Partial<Parameters<typeof findReferences>[1]> = {}): string =>
  rewriteText(text, findReferences(text, { ...options, ...more }));

const pod = (image: string): string =>
  `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n      image: ${image}\n`;

describe('is changed', () => {
  test.each([
    ['k8s.gcr.io/pause:3.2', 'registry.k8s.io/pause:3.2'],
    [`k8s.gcr.io/pause@sha256:${'0'.repeat(64)}`, `registry.k8s.io/pause@sha256:${'0'.repeat(64)}`],
    ['gcr.io/google_containers/pause-amd64', 'registry.k8s.io/pause-amd64'],
    ['gcr.io/google-containers/a/b:1', 'registry.k8s.io/a/b:1'],
    ['docker.pkg.github.com/Owner/Repo/Image:V1', 'ghcr.io/owner/repo/image:V1'],
    ['gchr.io/a/b:1', 'ghcr.io/a/b:1'],
    ['gcr.io/k8s-artifacts-prod/pause:3.2', 'registry.k8s.io/pause:3.2'],
    ['eu.gcr.io/k8s-artifacts-prod/a/b:1', 'registry.k8s.io/a/b:1'],
    ['asia.gcr.io/google-containers/a:1', 'registry.k8s.io/a:1'],
  ])('%s', (old, successor) => {
    expect(found(pod(old))).toEqual([`change retired-registry: ${old} -> ${successor}`]);
    expect(rewritten(pod(old))).toBe(pod(successor));
  });

  it('to two parts where the owner published so', () => {
    expect(
      found(pod('docker.pkg.github.com/o/r/i:1'), { successorOf: (written) => successorOf(written, 'owner/image') }),
    ).toEqual(['change retired-registry: docker.pkg.github.com/o/r/i:1 -> ghcr.io/o/i:1']);
  });

  it.each([
    [
      'in every kind that has a pod',
      'apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {initContainers: [{image: "IMAGE"}]}}}}}\n',
    ],
    ['of a volume', "apiVersion: v1\nkind: Pod\nspec:\n  volumes:\n  - image: {reference: 'IMAGE'}\n"],
    [
      'in a List',
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: DaemonSet\n' +
        '  spec: {template: {spec: {containers: [{image: IMAGE}]}}}\n',
    ],
    [
      'by its anchor, once',
      'apiVersion: v1\nkind: Pod\nx: &image IMAGE\nspec:\n  containers:\n  - image: *image\n  - image: *image\n',
    ],
    [
      'by a merge key',
      'apiVersion: v1\nkind: Pod\nx: &base\n  image: IMAGE\nspec:\n  containers:\n  - <<: *base\n    name: a\n',
    ],
    [
      'of Knative',
      'apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {template: {spec: {containers: [{image: IMAGE}]}}}\n',
    ],
    [
      'of an Argo workflow',
      'apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nspec:\n  workflowSpec:\n    templates:\n' +
        '    - name: a\n      script: {image: IMAGE, source: "true"}\n',
    ],
    [
      'of a custom resource with containers',
      'apiVersion: example.com/v1\nkind: Fleet\nspec: {workers: [{pod: {containers: [{name: a, image: IMAGE}]}}]}\n',
    ],
    [
      'of a DeploymentConfig',
      'apiVersion: apps.openshift.io/v1\nkind: DeploymentConfig\nspec: {template: {spec: {containers: [{image: IMAGE}]}}}\n',
    ],
    [
      'of a component of a kustomization, by its kind',
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n- name: pause\n  newName: IMAGE\n',
    ],
    [
      'of a Kustomization of Flux',
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {images: [{name: pause, newName: IMAGE}]}\n',
    ],
    ['in JSON', '{\r\n\t"apiVersion": "v1", "kind": "Pod",\r\n\t"spec": {"containers": [{"image": "IMAGE"}]}}'],
    [
      'in the second document, with a BOM, CRLF, comments and no newline at the end',
      '\uFEFF# IMAGE\r\na: 0644\r\n---\r\napiVersion: v1\r\nkind: Pod\r\nspec:\r\n  containers:\r\n  - image:   IMAGE   # IMAGE',
    ],
    ['in the values of a chart', 'web:\n  image: IMAGE\n  note: "{{ .Release.Name }}"\n'],
    ['as the new name of a kustomization', 'kind: Kustomization\nimages:\n- name: web\n  newName: IMAGE\n'],
  ])('%s', (_, template) => {
    // Only the first that is not a comment.
    const at = template.replaceAll(/#.*IMAGE/g, (comment) => ' '.repeat(comment.length)).indexOf('IMAGE');
    const put = (image: string): string => template.slice(0, at) + image + template.slice(at + 'IMAGE'.length);

    expect(rewritten(put('k8s.gcr.io/a/b:1'))).toBe(put('registry.k8s.io/a/b:1'));
    expect(found(put('k8s.gcr.io/a/b:1'))).toEqual([
      'change retired-registry: k8s.gcr.io/a/b:1 -> registry.k8s.io/a/b:1',
    ]);
  });

  it('where registry and repository are apart', () => {
    expect(rewritten('image:\n  registry: k8s.gcr.io\n  repository: a/b\n  tag: v1\n')).toBe(
      'image:\n  registry: registry.k8s.io\n  repository: a/b\n  tag: v1\n',
    );
    expect(rewritten('image: {registry: gcr.io, repository: "google_containers/pause"}\n')).toBe(
      'image: {registry: registry.k8s.io, repository: "pause"}\n',
    );
    expect(rewritten('i:\n  registry: docker.pkg.github.com\n  repository: O/R/I\n')).toBe(
      'i:\n  registry: ghcr.io\n  repository: o/r/i\n',
    );
    expect(rewritten('image: {repository: k8s.gcr.io/pause, tag: 3}\n')).toBe(
      'image: {repository: registry.k8s.io/pause, tag: 3}\n',
    );
  });
});

describe('is told, and left alone', () => {
  it.each([
    [
      'a name that differs',
      pod('quay.io/coreos/flannel:v0.14.0'),
      ['report names-differ: quay.io/coreos/flannel:v0.14.0 -> ghcr.io/flannel-io/flannel:v0.14.0'],
    ],
    [
      'a registry of each cluster',
      pod('harbor-kr1.cloud.toastoven.net/container_service/a:1'),
      ['report cluster-registry: harbor-kr1.cloud.toastoven.net/container_service/a:1 -> ?'],
    ],
    [
      'a digest that GitHub need not have kept',
      pod(`docker.pkg.github.com/o/r/i@sha256:${'1'.repeat(64)}`),
      [
        `report unverified-digest: docker.pkg.github.com/o/r/i@sha256:${'1'.repeat(64)} -> ghcr.io/o/r/i@sha256:${'1'.repeat(64)}`,
      ],
    ],
    [
      'a template',
      'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: k8s.gcr.io/a:{{ .Values.tag }}\n  - image: {{ .x }}\n',
      ['report template: k8s.gcr.io/a:{{ .Values.tag }} -> registry.k8s.io/a:{{ .Values.tag }}'],
    ],
    [
      'a template within quotes',
      pod('"k8s.gcr.io/a:{{ .Values.tag }}"'),
      ['report template: k8s.gcr.io/a:{{ .Values.tag }} -> registry.k8s.io/a:{{ .Values.tag }}'],
    ],
    [
      'a template within the name, in Jinja',
      'a: "docker.pkg.github.com/O/{{ repo }}/{{ image | lower }}"\n',
      [
        'report template: docker.pkg.github.com/O/{{ repo }}/{{ image | lower }} -> ghcr.io/o/{{ repo }}/{{ image | lower }}',
      ],
    ],
    [
      "a template's default for the registry alone",
      'image: {{ default "k8s.gcr.io" .Values.registry }}/pause\n- x\n',
      ['report template: k8s.gcr.io -> ?'],
    ],
    [
      'a variable of Compose or make',
      'image: k8s.gcr.io/a:${TAG:-1}\n',
      ['report template: k8s.gcr.io/a:${TAG:-1} -> registry.k8s.io/a:${TAG:-1}'],
    ],
    [
      'a default of a shell variable',
      'run: docker pull ${IMAGE:-k8s.gcr.io/a:1} && true\n',
      ['report not-an-image-field: k8s.gcr.io/a:1 -> registry.k8s.io/a:1'],
    ],
    [
      'a command in one text',
      'script: ["crictl pull k8s.gcr.io/a:1", "skopeo copy docker://gchr.io/a/b:1 dir:x"]\n',
      [
        'report not-an-image-field: k8s.gcr.io/a:1 -> registry.k8s.io/a:1',
        'report not-an-image-field: gchr.io/a/b:1 -> ghcr.io/a/b:1',
      ],
    ],
    [
      'JSON in an annotation',
      `metadata: {annotations: {last-applied: '{"image": "k8s.gcr.io/a:1"}'}}\n`,
      ['report not-an-image-field: k8s.gcr.io/a:1 -> registry.k8s.io/a:1'],
    ],
    [
      'text in a ConfigMap',
      'apiVersion: v1\nkind: ConfigMap\ndata:\n  pod.yaml: |\n    image: k8s.gcr.io/a:1\n',
      ['report block-scalar: k8s.gcr.io/a:1 -> registry.k8s.io/a:1'],
    ],
    [
      'an argument',
      'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: x\n    args: [--solver=k8s.gcr.io/a:1]\n',
      ['report not-an-image-field: k8s.gcr.io/a:1 -> registry.k8s.io/a:1'],
    ],
    [
      'a custom resource',
      'apiVersion: example.com/v1\nkind: Widget\nspec:\n  image: k8s.gcr.io/a:1\n',
      ['report not-an-image-field: k8s.gcr.io/a:1 -> registry.k8s.io/a:1'],
    ],
    [
      'a registry without its repository',
      'global:\n  imageRegistry: k8s.gcr.io\n',
      ['report not-an-image-field: k8s.gcr.io -> ?'],
    ],
    [
      'a name by which a kustomization selects',
      'kind: Kustomization\nimages:\n- name: k8s.gcr.io/a\n  newTag: "2"\n',
      ['report kustomize-name: k8s.gcr.io/a -> registry.k8s.io/a'],
    ],
    [
      'a sealed file',
      `${pod('k8s.gcr.io/a:1')}sops: {mac: "ENC[AES256_GCM,data:x]"}\n`,
      ['report encrypted: k8s.gcr.io/a:1 -> registry.k8s.io/a:1'],
    ],
    ['what is not YAML', 'a: [\nimage: k8s.gcr.io/a:1\n', ['report unparsable: k8s.gcr.io/a:1 -> registry.k8s.io/a:1']],
    [
      'an escape',
      '{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"image":"k8s.gcr.io\\/a:1"}]}}',
      ['report not-literal: k8s.gcr.io/a:1 -> registry.k8s.io/a:1'],
    ],
  ])('%s', (_, text, expected) => {
    expect(found(text)).toEqual(expected);
    expect(rewritten(text)).toBe(text);
  });

  it('prose, URLs and comments only when they are asked for', () => {
    const text =
      '# from k8s.gcr.io/a, see https://k8s.gcr.io/v2/.\na: we left docker.pkg.github.com.\n' +
      'description: pulls k8s.gcr.io/b by default\n';

    expect(found(text)).toEqual([]);
    expect(found(text, { mentions: true })).toEqual([
      'report mention: k8s.gcr.io/a -> registry.k8s.io/a',
      'report mention: k8s.gcr.io/v2 -> registry.k8s.io/v2',
      'report mention: docker.pkg.github.com -> ?',
      'report mention: k8s.gcr.io/b -> registry.k8s.io/b',
    ]);
  });
});

it.each([
  'my-k8s.gcr.io/a:1',
  'k8s.gcr.io.example.com/a:1',
  'gcr.io/google_containers_x/a',
  'gcr.io/kaniko-project/executor',
  'quay.io/coreos/etcd',
  'example.com/k8s.gcr.io/a',
  'registry.k8s.io/a',
  'K8S.GCR.IO/a',
])('%s is none of our business', (image) => {
  expect(found(pod(image))).toEqual([]);
});

describe('a file that is not a manifest', () => {
  const dockerfile =
    '# syntax=k8s.gcr.io/frontend:1\nARG BASE=k8s.gcr.io/base:1\n# FROM k8s.gcr.io/old:1\n' +
    'FROM --platform=$BUILDPLATFORM k8s.gcr.io/go:1 AS build\nFROM ${BASE}\n' +
    'COPY --from=gchr.io/a/b:1 /x /x\nCOPY --from=build /y /y\nRUN crictl pull k8s.gcr.io/run:1\n';

  it('is changed where a Dockerfile takes its images from, and told elsewhere in it', () => {
    expect(found(dockerfile, { file: 'web/Dockerfile.prod' })).toEqual([
      'change retired-registry: k8s.gcr.io/frontend:1 -> registry.k8s.io/frontend:1',
      'report other-format: k8s.gcr.io/base:1 -> registry.k8s.io/base:1',
      'change retired-registry: k8s.gcr.io/go:1 -> registry.k8s.io/go:1',
      'change retired-registry: gchr.io/a/b:1 -> ghcr.io/a/b:1',
      'report other-format: k8s.gcr.io/run:1 -> registry.k8s.io/run:1',
    ]);
    expect(rewritten(dockerfile, { file: 'Containerfile' })).toContain('$BUILDPLATFORM registry.k8s.io/go:1 AS build');
  });

  it.each([
    ['deploy.yaml.j2', 'image: k8s.gcr.io/a:1\n', 'template'],
    ['chart.libsonnet', '{ image: "k8s.gcr.io/a:1" }\n', 'template'],
    ['pull.sh', 'set -e\nfor i in k8s.gcr.io/a:1; do docker pull "$i"; done\n', 'other-format'],
    ['images.txt', 'k8s.gcr.io/a:1\n', 'other-format'],
    ['main.tf', 'resource "x" "y" {\n  image = "k8s.gcr.io/a:1"\n}\n', 'other-format'],
  ])('%s is told', (file, text, reason) => {
    expect(found(text, { file })).toEqual([`report ${reason}: k8s.gcr.io/a:1 -> registry.k8s.io/a:1`]);
  });
});

describe('takes time in proportion to the references of a file', () => {
  const many = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('');
  const shapes: readonly (readonly [string, string, (count: number) => string])[] = [
    ['values', 'x.yaml', (count) => many(count, (index) => `a${index}:\n  image: k8s.gcr.io/a:${index}\n`)],
    [
      'what only the library reads',
      'x.yaml',
      (count) => `x: &x 1\n${many(count, (index) => `a${index}: {image: k8s.gcr.io/a:${index}}\n`)}`,
    ],
    ['aliases', 'x.yaml', (count) => `x: &x {image: k8s.gcr.io/a:1}\n${many(count, (index) => `a${index}: *x\n`)}`],
    ['comments', 'x.yaml', (count) => `a: 1\n${many(count, (index) => `# k8s.gcr.io/a:${index}\n`)}`],
    [
      'a Dockerfile',
      'Dockerfile',
      (count) => many(count, (index) => `FROM k8s.gcr.io/a:${index}\nRUN pull gchr.io/a/b:1\n`),
    ],
    ['a list', 'x.txt', (count) => many(count, (index) => `k8s.gcr.io/a:${index}\n`)],
  ];

  it.each(shapes)('%s', (_, file, textOf) => {
    const cost = (count: number): number => {
      const text = textOf(count);
      const costs = [1, 2, 3].map(() => {
        const before = process.cpuUsage();
        const references = findReferences(text, { ...options, file, mentions: true });
        unifiedHunks(text, rewriteText(text, references));
        const { user, system } = process.cpuUsage(before);
        return user + system;
      });
      return Math.min(...costs);
    };

    // Four times the references; sixteen times the time is what it was.
    expect(cost(16_000) / cost(4_000)).toBeLessThan(9);
  });
});

it.each([
  ['an alias within what it names', 'a: &a\n- image: k8s.gcr.io/a:1\n- *a\n'],
  [
    'a map that merges itself',
    'kind: Pod\napiVersion: v1\nspec: &a\n  <<: *a\n  containers:\n  - image: k8s.gcr.io/a:1\n',
  ],
  [
    'a list of itself',
    'kind: List\napiVersion: v1\nx: &a {kind: List, items: [*a]}\n' +
      'items: [*a, {apiVersion: v1, kind: Pod, spec: {containers: [{image: k8s.gcr.io/a:1}]}}]\n',
  ],
  [
    'aliases of aliases of aliases',
    'a0: &a0 [{image: k8s.gcr.io/a:1}]\n' +
      Array.from({ length: 40 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]\n`).join(''),
  ],
])('%s is looked into once', (_, text) => {
  expect(found(text)).toEqual(['change retired-registry: k8s.gcr.io/a:1 -> registry.k8s.io/a:1']);
});

describe("by the user's table", () => {
  const names = retiredNames([
    { from: 'docker.io/bitnami', to: 'docker.io/bitnamilegacy' },
    { from: 'harbor.example:5000', to: 'new.example/mirror' },
  ]);
  const own = { patterns: retiredPatterns(names), successorOf: (written: string) => names.successorOf(written) };

  it.each([
    ['an image', pod('bitnami/redis:7'), pod('bitnamilegacy/redis:7')],
    ['with its registry', pod('docker.io/bitnami/redis'), pod('docker.io/bitnamilegacy/redis')],
    ['of a host', pod('harbor.example:5000/a/b:1'), pod('new.example/mirror/a/b:1')],
    [
      "Bitnami's charts, where registry and repository are apart",
      'image:\n  registry: docker.io\n  repository: bitnami/redis\n  tag: 7.2.5\n',
      'image:\n  registry: docker.io\n  repository: bitnamilegacy/redis\n  tag: 7.2.5\n',
    ],
    ['a repository alone', 'image: {repository: bitnami/redis}\n', 'image: {repository: bitnamilegacy/redis}\n'],
    ['what only the library reads', `x: &x 1\n${pod('bitnami/redis:7')}`, `x: &x 1\n${pod('bitnamilegacy/redis:7')}`],
    ['the built-in table too', pod('k8s.gcr.io/pause:3.2'), pod('registry.k8s.io/pause:3.2')],
  ])('%s is changed', (_, text, expected) => {
    expect(rewritten(text, own)).toBe(expected);
    expect(rewritten(expected, own)).toBe(expected);
  });

  it.each([
    ['x.sh', 'docker pull bitnami/redis:7 && docker pull docker.io/bitnami/redis\n'],
    ['x.yaml', 'args: ["--image=bitnami/redis:7", "docker pull docker.io/bitnami/redis"]\n'],
  ])('%s is told what is live in it', (file, text) => {
    expect(found(text, { ...own, file }).map((line) => line.replace(/^report \S+ /, ''))).toEqual([
      'bitnami/redis:7 -> bitnamilegacy/redis:7',
      'docker.io/bitnami/redis -> docker.io/bitnamilegacy/redis',
    ]);
  });

  it('a Dockerfile is changed where it takes its images from', () => {
    expect(rewritten('FROM bitnami/redis\n', { ...own, file: 'Dockerfile' })).toBe('FROM bitnamilegacy/redis\n');
  });

  it.each(['bitnamilegacy/redis:7', 'quay.io/bitnami/redis', 'x-bitnami/redis:7', 'harbor.example/a'])(
    '%s stays',
    (image) => {
      expect(found(pod(image), own)).toEqual([]);
    },
  );

  it('paths and addresses are not images', () => {
    expect(
      found('run: cd bitnami/redis && git clone https://github.com/bitnami/charts\npath: bitnami/redis/conf\n', own),
    ).toEqual([]);
  });

  it('all of Docker Hub, whose own images name no registry', () => {
    const hub = retiredNames([{ from: 'docker.io', to: 'mirror.example/hub' }]);
    const options = { patterns: retiredPatterns(hub), successorOf: (written: string) => hub.successorOf(written) };
    expect(rewritten(pod('nginx'), options)).toBe(pod('mirror.example/hub/library/nginx'));
    expect(rewritten(pod('team/web:1'), options)).toBe(pod('mirror.example/hub/team/web:1'));
    expect(options.patterns.needle.test(pod('nginx'))).toBe(true);
    expect(rewritten(pod('quay.io/a/b:1'), options)).toBe(pod('quay.io/a/b:1'));
  });
});
