import type { NodeEvidence, Section, Observed } from '../../../evidence/evidence.ts';
import { observedAccess } from '../../testing/observed-access.ts';
import { renderSectionFiles, type SectionFile } from './section-files.ts';

/** Sections of a docker node in good health; tests say what is different. */
export interface NodeParts {
  readonly files?: readonly SectionFile[];
  /** Lines of the section of rotation files that stand before the files. */
  readonly head?: readonly string[];
  readonly version?: string;
  readonly runtime?: string;
  readonly logs?: string;
  readonly disk?: string;
  readonly runtimeVersion?: string;
  readonly sections?: Readonly<Record<string, Observed<Section>>>;
}

export const id = (digit: number): string => String(digit).repeat(64);

export const mainText = 'weekly\nrotate 4\ncreate\ninclude /etc/logrotate.d\n';

export function file(path: string, content: string, mode = 0o644, uid = 0): SectionFile {
  return { path, content, mode, uid, gid: 0 };
}

/** The lines of one container in the section `log-files`. */
export function containerLines(digit: number, bytes = 1000): string {
  return `at ${id(digit)}\n41c8 0 0 2 4096 8 .\n81a0 0 0 1 ${bytes} ${Math.ceil(bytes / 4096) * 8} =-json.log\n`;
}

export function driverLines(digit: number, driver = 'json-file', maxSize?: string): string {
  const size = maxSize === undefined ? '' : `${id(digit)}/hostconfig.json:"max-size":"${maxSize}"\n`;
  return `${id(digit)}/hostconfig.json:"LogConfig":{"Type":"${driver}"\n${size}`;
}

export const twoContainers =
  'docker /var/lib/docker\nresolved /var/lib/docker/containers\n' +
  `${containerLines(1)}${containerLines(2)}drivers\n${driverLines(1)}${driverLines(2)}names\n`;

export const goodRule = `/var/lib/docker/containers/*/*-json.log {\n  daily\n  rotate 3\n  copytruncate\n  missingok\n}\n`;

export function node(parts: NodeParts = {}): NodeEvidence {
  const { files = [file('/etc/logrotate.conf', mainText), file('/etc/logrotate.d/docker', goodRule)] } = parts;
  const head = parts.head ?? ['accounts root,nobody root,adm', 'folder /etc/logrotate.d'];
  return {
    name: 'worker-1',
    address: '10.0.0.11',
    api:
      parts.runtimeVersion === undefined
        ? { state: 'not-looked-at', enable: '--kubeconfig' }
        : apiWith(parts.runtimeVersion),
    access: observedAccess({ user: 'centos', privilege: 'sudo', tookMs: 50 }),
    sections: {
      'logrotate/files': section(renderSectionFiles({ head, files, separator: '--nodemend 00--' })),
      'logrotate/version': section(`logrotate ${parts.version ?? '3.21.0'}\n`),
      'runtimes/running': section(
        parts.runtime ?? 'process dockerd 7\nprocess containerd 8\ndocker-root /var/lib/docker\n',
      ),
      'container-logs/log-files': section(parts.logs ?? twoContainers),
      'disk/room': section(parts.disk ?? '4096 7000000 3000000 2900000 1000 900 /var/lib/docker/containers\n'),
      ...parts.sections,
    },
  };
}

/** Text as bytes: one character a byte. */
export function section(text: string, rest: Partial<Section> = {}): Observed<Section> {
  return {
    state: 'seen',
    value: {
      exitCode: 0,
      encoding: 'base64',
      output: Buffer.from(text, 'latin1').toString('base64'),
      errors: '',
      truncated: false,
      ...rest,
    },
  };
}

function apiWith(containerRuntimeVersion: string): NodeEvidence['api'] {
  return {
    state: 'seen',
    value: {
      uid: 'u',
      createdAt: '2026-01-01T00:00:00Z',
      labels: {},
      taints: [],
      unschedulable: false,
      conditions: [],
      osImage: 'CentOS Linux 7 (Core)',
      kernelVersion: '3.10.0',
      containerRuntimeVersion,
      kubeletVersion: 'v1.23.3',
      bootID: 'b',
      machineID: 'm',
    },
  };
}
