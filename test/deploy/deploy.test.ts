import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfiguration } from '../../src/app/configuration/parse.ts';
import { nodemendImage } from '../../src/app/version.ts';
import { defaultObjects } from '../../src/platforms/nks/default-objects.ts';
import { requiredAccess, type RequiredAccess } from '../../src/engine/doctor/required-access.ts';
import { roleManifest } from '../../src/engine/doctor/role-manifest.ts';
import { pinnedImage } from '../../src/registry/pinned-image.ts';
import { imageName } from '../../scripts/image/image-archive.ts';
import {
  deployFolder,
  permissionsOf,
  permissionText,
  shippedFiles,
  shippedObjects,
  type Permission,
  type ShippedObject,
} from './shipped-files.ts';

const everything = shippedFiles().flatMap((file) => (file.endsWith('kustomization.yaml') ? [] : shippedObjects(file)));

const places = { lease: 'nodemend', pods: 'nodemend-pod' };
/** Roles name a subresource together with its resource. */
const inRoles = ({ resource, subresource, ...rest }: RequiredAccess): Permission => ({
  ...rest,
  resource: subresource === undefined ? resource : `${resource}/${subresource}`,
});

/**
 * What a shipped role allows and doctor never asks for: each with its reason, and in no role that anything here binds.
 */
const onlyOnRequest: Readonly<Record<string, string>> = {
  'get nodes/proxy':
    'reads configz of kubelets, with --read-kubelet and never else: its holder can run commands in every container',
  'get /metrics': 'tells which deprecated APIs are asked for, where upgrade-blockers may: doctor cannot ask for a path',
  'get secrets':
    'reads pull secrets, in the namespaces of --use-secrets and never else: RBAC cannot tell them from other Secrets',
  ...Object.fromEntries(
    ['create secrets', 'patch secrets', 'delete secrets', 'get serviceaccounts', 'patch serviceaccounts'].map(
      (text) => [text, 'writes pull secrets, with nodemend pull-secret and its undo, in one namespace'] as const,
    ),
  ),
  ...Object.fromEntries(
    defaultObjects
      .map(
        ({ group, resource, namespace, name }) =>
          `${resource}.${group}/${name}${namespace === undefined ? '' : ` -n ${namespace}`}`,
      )
      .flatMap((object) =>
        ['get', 'patch'].map(
          (verb) =>
            [`${verb} ${object}`, 'takes finalizers before an upgrade, with --remedy remove-finalizers'] as const,
        ),
      ),
  ),
  ...Object.fromEntries(
    [
      ...['calico-node', 'kube-flannel', 'kube-flannel-ds', 'kube-flannel-ds-amd64'].map(
        (name) => `daemonsets.apps/${name}`,
      ),
      ...['calico-kube-controllers', 'calico-typha'].map((name) => `deployments.apps/${name}`),
    ]
      .flatMap((object) => [`get ${object} -n kube-system`, `patch ${object} -n kube-system`])
      .map(
        (text) => [text, 'repairs the network of the cluster, with remedies that are named, and undoes it'] as const,
      ),
  ),
  ...Object.fromEntries(
    ['create', 'delete'].map(
      (verb) =>
        [
          `${verb} daemonsets.apps`,
          'holds images where no label protects them, with images pin: its holder is root on every node',
        ] as const,
    ),
  ),
  ...Object.fromEntries(
    [
      'secrets/cinder-csi-cloud-config',
      'daemonsets.apps/csi-cinder-nodeplugin',
      'statefulsets.apps/csi-cinder-controllerplugin',
    ]
      .flatMap((object) => [`get ${object} -n kube-system`, `patch ${object} -n kube-system`])
      .map(
        (text) => [text, 'turns rescan-on-resize on and restarts the driver, with the remedy of that name'] as const,
      ),
  ),
  'list serviceaccounts': 'says which pull secrets ServiceAccounts name, for --use-secrets',
  ...Object.fromEntries(
    [
      'podtemplates',
      'replicationcontrollers',
      'daemonsets.apps',
      'deployments.apps',
      'replicasets.apps',
      'statefulsets.apps',
      'cronjobs.batch',
    ].flatMap((resource) =>
      ['get', 'patch'].map(
        (verb) =>
          [
            `${verb} ${resource}`,
            'writes successors of retired images, with --remedy rewrite-references: who may change pod templates may run anything',
          ] as const,
      ),
    ),
  ),
};

/** Of the gate against retired images: RBAC names each policy, but cannot name what is not there yet. */
function isOfPolicies(text: string): boolean {
  return /^(?:create|get|patch|delete) validatingadmissionpolic(?:ies|ybindings)\.admissionregistration\.k8s\.io(?:\/nodemend-retired-images-[a-z]+)?$/.test(
    text,
  );
}

/** Of the drain of nodes: the whole role is used on request, also what `nodemend-read` allows as well. */
function isOnRequest({ role, text }: { readonly role: string | undefined; readonly text: string }): boolean {
  return role === 'nodemend-drain' || (role !== 'nodemend-read' && text in onlyOnRequest) || isOfPolicies(text);
}

interface JobSpec {
  readonly ttlSecondsAfterFinished?: number;
  readonly template: {
    readonly spec: { readonly containers: readonly { readonly image: string; readonly imagePullPolicy: string }[] };
  };
}

describe('the roles', () => {
  const shipped = permissionsOf(everything).map((permission) => ({
    role: permission.role.split(' ')[1],
    text: permissionText(permission),
  }));

  test('allow what doctor asks for, and nothing else but what is used on request', () => {
    const required = requiredAccess(places).map((access) => ({
      role: access.role,
      text: permissionText(inRoles(access)),
    }));
    const used = shipped.filter((one) => !isOnRequest(one));
    const lines = (list: readonly { readonly role?: string | undefined; readonly text: string }[]): readonly string[] =>
      list.map(({ role, text }) => `${role}: ${text}`).toSorted();
    expect(lines(used)).toEqual(lines(required));
  });

  test('nodemend-change has no right to ConfigMaps where schedules, settings and keys are', () => {
    const rights = permissionsOf(shippedObjects('nodemend-change.yaml')).filter(
      ({ namespace }) => namespace === 'nodemend',
    );
    expect(rights.map(permissionText)).toEqual([
      'get namespaces/nodemend -n nodemend',
      'create leases.coordination.k8s.io -n nodemend',
      'get leases.coordination.k8s.io/nodemend-run -n nodemend',
      'update leases.coordination.k8s.io/nodemend-run -n nodemend',
    ]);
    // Where it may write any ConfigMap nothing shipped lives that could read one.
    const beside = everything.filter(({ metadata }) => metadata.namespace === 'nodemend-runs').map(({ kind }) => kind);
    expect(beside).toEqual(['Role', 'RoleBinding']);
  });

  test('bind nothing that is used only on request', () => {
    const unused = shipped.filter(isOnRequest).map(({ role }) => role);
    expect([...new Set(unused)].toSorted()).toEqual([
      'nodemend-change-finalizers',
      'nodemend-change-image-holds',
      'nodemend-change-network',
      'nodemend-change-policies',
      'nodemend-change-pull-secrets',
      'nodemend-change-volume-resize',
      'nodemend-change-workloads',
      'nodemend-drain',
      'nodemend-read-kubelet',
      'nodemend-read-metrics',
      'nodemend-read-secrets',
    ]);
    const bound = everything.flatMap((object) => (object.roleRef ? [object.roleRef.name] : []));
    expect(bound).toContain('nodemend-read');
    for (const role of unused) expect(bound).not.toContain(role);
  });

  test('name no wildcard, and no secret or subresource of nodes that is bound', () => {
    for (const { text } of shipped) {
      expect(text).not.toMatch(/\*/);
      if (/nodes\/|secrets/.test(text)) expect(text in onlyOnRequest).toBe(true);
    }
  });

  test('the role for volume-resize names what it reads and writes, each by its name', () => {
    const role = everything.find(({ metadata }) => metadata.name === 'nodemend-change-volume-resize');
    const texts = permissionsOf([role!]).map(permissionText);

    expect(role?.metadata.namespace).toBe('kube-system');
    expect(texts).toEqual(
      [
        'secrets/cinder-csi-cloud-config',
        'daemonsets.apps/csi-cinder-nodeplugin',
        'statefulsets.apps/csi-cinder-controllerplugin',
      ].flatMap((object) => [`get ${object} -n kube-system`, `patch ${object} -n kube-system`]),
    );
  });

  test('secrets are read in one namespace, whichever it is applied to, and never listed', () => {
    const role = everything.find(({ metadata }) => metadata.name === 'nodemend-read-secrets');
    expect(role).toMatchObject({ kind: 'Role' });
    expect(role?.metadata.namespace).toBeUndefined();
    expect(permissionsOf([role!]).map(permissionText)).toEqual(['get secrets', 'list serviceaccounts']);
  });

  test('pull secrets are written in one namespace, whichever it is applied to', () => {
    const role = everything.find(({ metadata }) => metadata.name === 'nodemend-change-pull-secrets');
    expect(role).toMatchObject({ kind: 'Role' });
    expect(role?.metadata.namespace).toBeUndefined();
    expect(permissionsOf([role!]).map(permissionText)).toEqual([
      'get secrets',
      'create secrets',
      'patch secrets',
      'delete secrets',
      'get serviceaccounts',
      'patch serviceaccounts',
    ]);
  });

  test.each(['nodemend-read', 'nodemend-change', 'nodemend-pod'])(
    '%s is the role that doctor prints to copy, to the rule',
    (name) => {
      const role = requiredAccess(places).filter((access) => access.role === name);
      const printed = parseAllDocuments(roleManifest(role, 'kim'))
        .map((document) => document.toJS() as ShippedObject)
        .filter(({ kind }) => kind.endsWith('Role'));
      expect(printed).toEqual(
        everything.filter(({ kind, metadata }) => kind.endsWith('Role') && metadata.name === name),
      );
    },
  );
});

describe('the Job and the CronJob', () => {
  const jobSpec = shippedObjects('job.yaml')[0]!.spec as JobSpec;
  const cronJobSpec = shippedObjects('base/cronjob.yaml')[0]!.spec as {
    readonly jobTemplate: { readonly spec: JobSpec };
  };

  test('are the same pod', () => {
    const scheduled = cronJobSpec.jobTemplate.spec;
    // The history of a CronJob is kept by number, that of a single Job by time.
    expect({ ...scheduled, ttlSecondsAfterFinished: jobSpec.ttlSecondsAfterFinished }).toEqual(jobSpec);
  });

  const { image, pullPolicy: imagePullPolicy } = pinnedImage(imageName());
  const shippedImage = { image, imagePullPolicy };

  test('run the image that `npm run image` makes of this version', () => {
    expect(jobSpec.template.spec.containers.map(({ image }) => image)).toEqual([imageName()]);
    expect(imageName()).toBe(nodemendImage);
    // As `--via pod` and a schedule take it: never from whoever answers to that name.
    expect(jobSpec.template.spec.containers).toEqual([expect.objectContaining(shippedImage)]);
  });

  test('have a configuration that nodemend takes, and so is what its comments offer', () => {
    const text = shippedObjects('base/configuration.yaml')[0]!.data!['nodemend.yaml']!;
    const offered = text.replaceAll(/^# /gm, '');
    expect(parseConfiguration({ path: 'nodemend.yaml', text })).toEqual({ language: 'en' });
    expect(parseConfiguration({ path: 'nodemend.yaml', text: offered })).toMatchObject({
      via: 'ssh',
      ssh: { identityFiles: ['/etc/nodemend/ssh/identity'] },
    });
  });
});

const kustomization = (folder: string): { readonly resources: readonly string[] } =>
  parse(readFileSync(join(deployFolder, folder, 'kustomization.yaml'), 'utf8')) as {
    readonly resources: readonly string[];
  };

test('kustomization.yaml lists what only reads; the rest is opted into', () => {
  expect(kustomization('.').resources).toEqual(['base']);
  expect(kustomization('registry').resources).toEqual(['../base']);
  expect(kustomization('base').resources).toEqual([
    'namespace.yaml',
    'nodemend-read.yaml',
    'configuration.yaml',
    'cronjob.yaml',
  ]);
  const optedInto = shippedFiles().filter((file) => !file.startsWith('base/') && !file.endsWith('kustomization.yaml'));
  expect(optedInto).toEqual([
    'job.yaml',
    'nodemend-change-finalizers.yaml',
    'nodemend-change-image-holds.yaml',
    'nodemend-change-network.yaml',
    'nodemend-change-policies.yaml',
    'nodemend-change-pull-secrets.yaml',
    'nodemend-change-volume-resize.yaml',
    'nodemend-change-workloads.yaml',
    'nodemend-change.yaml',
    'nodemend-drain.yaml',
    'nodemend-pod.yaml',
    'nodemend-read-kubelet.yaml',
    'nodemend-read-metrics.yaml',
    'nodemend-read-secrets.yaml',
  ]);
  for (const file of optedInto) expect(readFileSync(join(deployFolder, 'kustomization.yaml'), 'utf8')).toContain(file);
});

test('no object that is shipped may be pulled under a name that anybody answers to', () => {
  const text = JSON.stringify(everything);
  expect(text).toContain('"image":"localhost/');
  expect(text.match(/"image":"[^"]*","imagePullPolicy":"[^"]*"/g)).toEqual(
    Array(2).fill(`"image":"${nodemendImage}","imagePullPolicy":"Never"`),
  );
  expect(text.match(/"image":/g)).toHaveLength(2);
});
