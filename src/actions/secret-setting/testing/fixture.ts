import { applyPatch } from 'diff';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import { switchOn } from '../../../gcfg/switch.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import { runAnnotation } from '../../ownership.ts';
import { metadataOf, objectPath, readObject } from '../../read-object.ts';
import { planned, type ObjectFixture, type ObjectTestCase } from '../../testing/object-fixture.ts';
import { fileOf } from '../secret-file.ts';
import type { SecretSettingAction } from '../secret-setting-action.ts';
import { secretSettingKind } from '../secret-setting.ts';

const namespace = 'kube-system';
const name = 'cinder-csi-cloud-config';
const object = { kind: 'Secret', group: '', version: 'v1', resource: 'secrets', namespace, name };
const setting = { section: 'BlockStorage', name: 'rescan-on-resize' };
const file = 'cloud-config';

function encodedFile(content: string): Readonly<Record<string, string>> {
  return { [file]: Buffer.from(content, 'utf8').toString('base64') };
}

/** Of the file what the edit is about, as it stands there. */
function shown(found: KubeObject | undefined): string {
  const content = (found && fileOf(found as unknown as JsonObject, file)) ?? '';
  return content
    .split(/\r?\n/)
    .filter((line) => /^(?:\[BlockStorage\]|rescan-on-resize=\w+)$/.test(line))
    .map((line) => `${line}\n`)
    .join('');
}

function testCase(
  content: string,
  annotations: Readonly<Record<string, string>> = {},
): ObjectTestCase<SecretSettingAction> {
  const before = annotations[runAnnotation];
  return {
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace, annotations },
        type: 'Opaque',
        data: { ...encodedFile(content), 'ca.pem': 'AAEC/w==' },
      },
    ],
    plan: async (api) => {
      const { uid, resourceVersion } = metadataOf((await readObject(object, { api })) ?? {});
      return {
        kind: 'secret-setting',
        id: `secret-setting:${namespace}/Secret/${name}`,
        ...planned,
        object,
        uid,
        resourceVersion,
        ...(before === undefined ? {} : { before }),
        file,
        setting,
        splice: switchOn(content, setting) ?? { at: 0, removed: '', added: '' },
      };
    },
    shown,
    previewed: (preview, shownBefore) => String(applyPatch(shownBefore, `${preview}\n`)),
    edit: (api, since) =>
      api.patch(
        objectPath(object),
        since === 'plan'
          ? { metadata: { labels: { rotated: 'yes' } } }
          : { data: encodedFile('[Global]\npassword=rotated\n[BlockStorage]\nrescan-on-resize=true\n') },
        { type: 'merge', project: () => undefined },
      ),
    edited: { plan: 'prepare refused OBJECT_CHANGED_SINCE_PLAN', run: 'undo refused OBJECT_CHANGED_SINCE_RUN' },
  };
}

export const fixture: ObjectFixture<SecretSettingAction> = {
  kind: secretSettingKind,
  testCases: {
    'the section is there': testCase('[Global]\npassword="hunter2"\n[BlockStorage] \nbs-version=v3\n'),
    'the section is added': testCase('[Global]\r\npassword=hunter2', { 'example.com/by': 'hand' }),
    'its value is another': testCase('[BlockStorage] ; Cinder\nrescan-on-resize=false\n[Global]\npassword=hunter2\n', {
      [runAnnotation]: '20261124-0931-old-7f3a',
    }),
  },
};
