import { createHash } from 'node:crypto';

/** A node's GRUB as `boot-state.sh` prints it; what is not named is a Debian 12 on BIOS. */
export interface PrintedNode {
  readonly firmware?: 'bios' | 'efi';
  /** Of the running kernel, whole. */
  readonly commandLine?: string;
  readonly tools?: readonly string[];
  readonly updateGrub?: 'stock' | 'other';
  readonly dropIns?: boolean;
  /** By path: a file's text; only what matters of configurations is printed. */
  readonly files?: Readonly<Record<string, string>>;
  readonly closed?: readonly string[];
}

/** Of Debian 12's grub-mkconfig 2.06, the lines that matter. */
export function debianConfig(options = 'quiet', recovery = ''): string {
  const root = 'root=UUID=3f1c ro';
  const entry = (title: string, id: string, words: string): string =>
    `menuentry '${title}' --class debian $menuentry_id_option '${id}' {\n\tlinux\t/boot/vmlinuz-4.19.0-27-amd64 ${words}\n`;
  return [
    '### BEGIN /etc/grub.d/10_linux ###\n',
    entry('Debian GNU/Linux', 'gnulinux-simple-3f1c', `${root}  ${options}`),
    "submenu 'Advanced options for Debian GNU/Linux' $menuentry_id_option 'gnulinux-advanced-3f1c' {\n",
    entry(
      'Debian GNU/Linux, with Linux 4.19.0-27-amd64',
      'gnulinux-4.19.0-27-amd64-advanced-3f1c',
      `${root}  ${options}`,
    ),
    entry(
      'Debian GNU/Linux, with Linux 4.19.0-27-amd64 (recovery mode)',
      'gnulinux-4.19.0-27-amd64-recovery-3f1c',
      `${root} single ${recovery}`,
    ),
    '### END /etc/grub.d/10_linux ###\n',
  ].join('');
}

export const debianFiles: Readonly<Record<string, string>> = {
  '/etc/default/grub': 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n',
  '/boot/grub/grub.cfg': debianConfig(),
};

const wordOfPath: readonly (readonly [RegExp, string])[] = [
  [/^\/etc\/default\//u, 'default'],
  [/grub\.cfg$/u, 'config'],
  [/^\/boot\/loader\/entries\//u, 'entry'],
  [/grubenv$/u, 'env'],
  [/^\/etc\/kernel\/cmdline$/u, 'command-line'],
];

const debian = {
  firmware: 'bios',
  commandLine: 'BOOT_IMAGE=/boot/vmlinuz-4.19.0-27-amd64 root=UUID=3f1c ro quiet',
  tools: ['update-grub', 'grub-mkconfig'],
  files: debianFiles,
  closed: [],
} as const;

export function printedState(node: PrintedNode = {}): string {
  const { firmware, commandLine, tools, files, closed } = { ...debian, ...node };
  const isDebian = tools.some((tool) => tool === 'update-grub');
  const { updateGrub = isDebian ? 'stock' : undefined, dropIns = isDebian } = node;
  return [
    `firmware ${firmware}`,
    ...commandLine.split(' ').flatMap(printedWord),
    ...tools.map((tool) => `tool ${tool}`),
    ...(updateGrub === undefined ? [] : [`update-grub ${updateGrub}`]),
    ...(dropIns ? ['sources grub.d'] : []),
    ...Object.entries(files).flatMap(([path, text]) => printedFile(path, text)),
    ...closed.map((path) => `closed ${path}`),
    '',
  ].join('\n');
}

function printedWord(word: string): readonly string[] {
  if (word.startsWith('BOOT_IMAGE=')) return [`booted ${word.slice(11)}`];
  if (word.startsWith('root=')) return [`root ${word.slice(5)}`];
  return /^cgroup[._]memory=/u.test(word) ? [`in-force ${word}`] : [];
}

function printedFile(path: string, text: string): readonly string[] {
  const word = wordOfPath.find(([pattern]) => pattern.test(path))?.[1] ?? '';
  const sum = createHash('sha256').update(Buffer.from(text, 'latin1')).digest('hex');
  const lines = text.replace(/\n$/u, '').split('\n');
  return [`${word} ${sum} 644 0 0 ${text.length} ${path}`, ...lines.map((line) => `| ${line}`), ''];
}
