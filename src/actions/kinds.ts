// Every kind of action that nodemend knows, one line each: all that is said of kinds elsewhere is derived from it.
export { bootArgumentKind } from './boot-argument/boot-argument.ts';
export { fileKind } from './file/file.ts';
export { imageKind } from './image/image.ts';
export { imagePinKind } from './image-pin/image-pin.ts';
export { logSpaceKind } from './log-space/log-space.ts';
export { manifestKind } from './manifest/manifest.ts';
export { objectPatchKind } from './object-patch/object-patch.ts';
export { pullSecretAttachmentKind } from './pull-secret-attachment/pull-secret-attachment.ts';
export { pullSecretKind } from './pull-secret/pull-secret.ts';
export { rebootKind } from './reboot/reboot.ts';
export { secretSettingKind } from './secret-setting/secret-setting.ts';
export { serviceKind } from './service/service.ts';
export { workloadRestartKind } from './workload-restart/workload-restart.ts';
