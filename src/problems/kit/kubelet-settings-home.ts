import type { NodeEvidence } from '../../evidence/evidence.ts';
import { fileChange, fileObstacle, fileText } from './file-edit.ts';
import type { KubeletFacts, KubeletFile } from '../../runtimes/kubelet/kubelet.ts';
import { configurationKeys } from '../../runtimes/kubelet/configuration.ts';
import { dropInFolder } from '../../runtimes/kubelet/configuration-files.ts';
import type { DaemonUnit } from '../../runtimes/systemd/units.ts';
import { userArgsPath, withUserArgs } from '../../runtimes/kubelet/user-args.ts';
import { withKeys, type WantedKeys } from '../../runtimes/kubelet/edit-configuration.ts';
import type { PlannedAction } from '../problem.ts';

/** Where the settings go, and the file as it will be. */
export interface SettingsHome {
  readonly form: 'user-args' | 'drop-in' | 'config';
  readonly path: string;
  readonly content: string;
}

/** `refused` names the text that says what to do by hand. */
export interface NoHome {
  readonly refused: string;
  readonly file: string;
}

/** How kubelet is started on a node. */
interface KubeletStart {
  readonly node: NodeEvidence;
  readonly kubelet: KubeletFacts;
  readonly unit: DaemonUnit | undefined;
}

/** What kubelet is to be started with, in both of its forms. */
export interface WantedSettings {
  /** By name, without dashes. */
  readonly flags: Readonly<Record<string, string>>;
  /** As a KubeletConfiguration has them. */
  readonly keys: WantedKeys;
  /** Name of the file in kubelet's folder of drop-ins, where there is one. */
  readonly dropIn: string;
}

/**
 * NKS's arguments where the unit reads them; else a drop-in where kubelet has a folder of them, else its configuration
 * file. A flag that comes from elsewhere wins over all files, so nothing of ours would be in force.
 */
export function settingsHome({ node, kubelet, unit }: KubeletStart, wanted: WantedSettings): SettingsHome | NoHome {
  const fragment = unit?.fragment ?? '';
  const [refused] = kubelet.refused.keys();
  if (refused !== undefined) return { refused: 'kubelet-unseen', file: refused };
  const userArgs = kubelet.files.get(userArgsPath);
  if (unit?.readsUserArgs === true && userArgs !== undefined)
    return inUserArgs({ kubelet, fragment }, userArgs, wanted);
  if (Object.keys(wanted.flags).some((flag) => kubelet.options.has(flag)))
    return { refused: 'kubelet-flags', file: fragment };
  const folder = dropInFolder(node, kubelet);
  if (folder !== undefined) return inDropIn(kubelet, folder, wanted);
  const config = kubelet.options.get('config');
  if (config === undefined) return { refused: 'kubelet-nowhere', file: fragment };
  return inFile(kubelet.files.get(config), config, wanted);
}

interface UserArgs {
  readonly kubelet: KubeletFacts;
  readonly fragment: string;
}

function inUserArgs(
  { kubelet, fragment }: UserArgs,
  file: KubeletFile,
  { flags }: WantedSettings,
): SettingsHome | NoHome {
  const obstacle = fileObstacle(file);
  if (obstacle !== undefined) return { refused: obstacle, file: file.path };
  // A flag that its arguments do not hold comes from another place of the command line, and which of them wins is not
  // known.
  const isElsewhere = Object.keys(flags).some(
    (flag) => kubelet.options.has(flag) && !file.content.includes(`--${flag}`),
  );
  if (isElsewhere) return { refused: 'kubelet-flags', file: fragment };
  const content = withUserArgs(
    fileText(file),
    Object.fromEntries(Object.entries(flags).map(([flag, value]) => [`--${flag}`, value])),
  );
  return content === undefined
    ? { refused: 'kubelet-form', file: file.path }
    : { form: 'user-args', path: file.path, content };
}

function inDropIn({ files }: KubeletFacts, folder: string, wanted: WantedSettings): SettingsHome | NoHome {
  const path = `${folder}/${wanted.dropIn}`;
  const later = [...files.values()].find(
    (file) => file.path.startsWith(`${folder}/`) && file.path > path && sets(file, wanted),
  );
  if (later !== undefined) return { refused: 'kubelet-later-drop-in', file: later.path };
  const own = files.get(path);
  if (own !== undefined) return inFile(own, path, wanted, 'drop-in');
  const head = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';
  return {
    form: 'drop-in',
    path,
    content: `${head}${Object.entries(wanted.keys)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join('')}`,
  };
}

function sets(file: KubeletFile, { keys }: WantedSettings): boolean {
  const given = configurationKeys(file);
  return given === undefined || Object.keys(keys).some((key) => key in given);
}

function inFile(
  file: KubeletFile | undefined,
  path: string,
  { keys }: WantedSettings,
  form: SettingsHome['form'] = 'config',
): SettingsHome | NoHome {
  if (file === undefined) return { refused: 'kubelet-unseen', file: path };
  const obstacle = fileObstacle(file);
  if (obstacle !== undefined) return { refused: obstacle, file: path };
  const content = withKeys(fileText(file), keys);
  return content === undefined ? { refused: 'kubelet-form', file: path } : { form, path, content };
}

/** What a problem makes of its settings. */
export interface SettingsChange {
  /** What both actions have in common. */
  readonly base: Pick<PlannedAction, 'problem' | 'node' | 'cures' | 'partOf'>;
  readonly kubelet: KubeletFacts;
  readonly unit: DaemonUnit & { readonly fragment: string };
  /** Of the file, and the key of the restart's, which is told the unit. */
  readonly why: { readonly file: PlannedAction['why']; readonly restart: string };
  /** Its `kubeletHasSettings`, by name, and the values that it looks for. */
  readonly check: string;
  readonly values: readonly [string, string];
}

/** The file with the settings, and the restart with which kubelet reads it. */
export function settingsActions(
  { form, path, content }: SettingsHome,
  { base, kubelet, unit: { unit, fragment }, why, check, values }: SettingsChange,
): readonly [file: PlannedAction, restart: PlannedAction] {
  const how = form === 'user-args' ? 'flags' : 'file';
  return [
    {
      ...base,
      kind: 'file',
      id: `file:${base.node}:${path}`,
      why: why.file,
      path,
      ...fileChange(kubelet.files.get(path), content),
      validate: [],
      verify: [],
    },
    {
      ...base,
      kind: 'service',
      id: `service:${base.node}:${unit}`,
      why: { key: why.restart, params: { unit } },
      operation: 'restart',
      disrupts: 'restart',
      unit,
      fragment,
      // NKS's user guide asks for it behind a change of the arguments.
      daemonReload: how === 'flags',
      verify: [{ check: `${base.problem}/${check}`, args: [how, path, ...values] }],
    },
  ];
}
