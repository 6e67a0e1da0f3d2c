import type { NodeEvidence } from '../../../evidence/evidence.ts';
import { fileObstacle, fileText } from '../../kit/file-edit.ts';
import type { KubeletFacts, KubeletFile } from '../../../runtimes/kubelet/kubelet.ts';
import { configurationKeys } from '../../../runtimes/kubelet/configuration.ts';
import { dropInFolder } from '../../../runtimes/kubelet/configuration-files.ts';
import type { DaemonUnit } from '../../../runtimes/systemd/units.ts';
import { userArgsPath, withUserArgs } from '../../../runtimes/kubelet/user-args.ts';
import { withKeys } from '../../../runtimes/kubelet/edit-configuration.ts';

/** Where the limits go, and the file as it will be. */
export interface LimitsHome {
  readonly form: 'user-args' | 'drop-in' | 'config';
  readonly path: string;
  readonly content: string;
}

/** `refused` names the text that says what to do by hand. */
export interface NoHome {
  readonly refused: string;
  readonly file: string;
}

const dropInName = '99-nodemend-container-logs.conf';

const flags = ['container-log-max-size', 'container-log-max-files'];

/** How kubelet is started on a node. */
interface KubeletStart {
  readonly node: NodeEvidence;
  readonly kubelet: KubeletFacts;
  readonly unit: DaemonUnit | undefined;
}

/** As a KubeletConfiguration has them. */
export interface LimitValues {
  readonly containerLogMaxSize: string;
  readonly containerLogMaxFiles: number;
}

function flagsOf({ containerLogMaxSize, containerLogMaxFiles }: LimitValues): Readonly<Record<string, string>> {
  return {
    '--container-log-max-size': containerLogMaxSize,
    '--container-log-max-files': String(containerLogMaxFiles),
  };
}

/**
 * NKS's arguments where the unit reads them; else a drop-in where kubelet has a folder of them, else its configuration
 * file. A flag that comes from elsewhere wins over all files, so nothing of ours would be in force.
 */
export function limitsHome({ node, kubelet, unit }: KubeletStart, values: LimitValues): LimitsHome | NoHome {
  const fragment = unit?.fragment ?? '';
  const [refused] = kubelet.refused.keys();
  if (refused !== undefined) return { refused: 'kubelet-unseen', file: refused };
  const userArgs = kubelet.files.get(userArgsPath);
  if (unit?.readsUserArgs === true && userArgs !== undefined)
    return inUserArgs({ kubelet, fragment }, userArgs, values);
  if (flags.some((flag) => kubelet.options.has(flag))) return { refused: 'kubelet-flags', file: fragment };
  const folder = dropInFolder(node, kubelet);
  if (folder !== undefined) return inDropIn(kubelet, folder, values);
  const config = kubelet.options.get('config');
  if (config === undefined) return { refused: 'kubelet-nowhere', file: fragment };
  return inFile(kubelet.files.get(config), config, values);
}

interface UserArgs {
  readonly kubelet: KubeletFacts;
  readonly fragment: string;
}

function inUserArgs({ kubelet, fragment }: UserArgs, file: KubeletFile, values: LimitValues): LimitsHome | NoHome {
  const obstacle = fileObstacle(file);
  if (obstacle !== undefined) return { refused: obstacle, file: file.path };
  // A flag that its arguments do not hold comes from another place of the command line, and which of them wins is not
  // known.
  const isElsewhere = flags.some((flag) => kubelet.options.has(flag) && !file.content.includes(`--${flag}`));
  if (isElsewhere) return { refused: 'kubelet-flags', file: fragment };
  const content = withUserArgs(fileText(file), flagsOf(values));
  return content === undefined
    ? { refused: 'kubelet-form', file: file.path }
    : { form: 'user-args', path: file.path, content };
}

function inDropIn({ files }: KubeletFacts, folder: string, values: LimitValues): LimitsHome | NoHome {
  const path = `${folder}/${dropInName}`;
  const later = [...files.values()].find(
    (file) => file.path.startsWith(`${folder}/`) && file.path > path && setsLimits(file),
  );
  if (later !== undefined) return { refused: 'kubelet-later-drop-in', file: later.path };
  const own = files.get(path);
  if (own !== undefined) return inFile(own, path, values, 'drop-in');
  const { containerLogMaxSize, containerLogMaxFiles } = values;
  const head = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';
  return {
    form: 'drop-in',
    path,
    content: `${head}containerLogMaxSize: ${containerLogMaxSize}\ncontainerLogMaxFiles: ${containerLogMaxFiles}\n`,
  };
}

function setsLimits(file: KubeletFile): boolean {
  const keys = configurationKeys(file);
  return keys === undefined || keys.containerLogMaxSize !== undefined || keys.containerLogMaxFiles !== undefined;
}

function inFile(
  file: KubeletFile | undefined,
  path: string,
  values: LimitValues,
  form: LimitsHome['form'] = 'config',
): LimitsHome | NoHome {
  if (file === undefined) return { refused: 'kubelet-unseen', file: path };
  const obstacle = fileObstacle(file);
  if (obstacle !== undefined) return { refused: obstacle, file: path };
  const content = withKeys(fileText(file), { ...values });
  return content === undefined ? { refused: 'kubelet-form', file: path } : { form, path, content };
}
