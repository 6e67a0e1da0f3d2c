import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { peakMbOf } from '../../bench/process-usage.ts';
import { archiveEnd } from '../../src/images/archive/sealed-archive.ts';
import { entriesOf, json, someImage, tarOf, type SomeEntry } from '../../src/images/archive/testing/some-image.ts';
import { nodemendArguments } from '../end-to-end/operator.ts';

/** Archives that are made to cost, or to be shown: by the program itself, which reads them before it looks for a node. */
const folder = mkdtempSync(join(tmpdir(), 'nodemend-hostile-archives-'));
afterAll(() => rmSync(folder, { recursive: true }));
const gigabyte = 1024 ** 3;

/** Of so many zeros, which take no room on the disk. */
interface Zeros {
  readonly zeros: number;
}

async function archive(name: string, entries: readonly (SomeEntry | readonly [string, Zeros])[]): Promise<string> {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  let at = 0;
  for (const [entry, content] of entries) {
    const size = 'zeros' in content ? content.zeros : 0;
    const given: SomeEntry = 'zeros' in content ? [entry, Buffer.alloc(0)] : [entry, content];
    const bytes = (await tarOf([given])).subarray(0, -archiveEnd);
    if (size > 0) setSize(bytes, size);
    writeSync(file, bytes, 0, bytes.length, at);
    at += bytes.length + Math.ceil(size / 512) * 512;
  }
  ftruncateSync(file, at + archiveEnd);
  closeSync(file);
  return path;
}

/** In a header of tar, whose checksum counts its own eight bytes as blanks (POSIX ustar). */
function setSize(header: Buffer, size: number): void {
  header.write(`${size.toString(8).padStart(11, '0')} `, 124);
  header.fill(' ', 148, 156);
  const sum = header.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly peakMb: number;
}

async function read(...words: readonly string[]): Promise<Ended> {
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, 'worker-1 127.0.0.1\n');
  const args = nodemendArguments('images', ...words, '--hosts', hosts, '--via', 'ssh', '--port', '1', '--yes');
  const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: folder, LC_ALL: 'C.UTF-8' };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let peakMb = 0;
  const looking = setInterval(() => (peakMb = Math.max(peakMb, peakMbOf(child.pid ?? 0))), 20);
  const [out, errors, [code]] = (await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])) as [
    string,
    string,
    [number | null],
  ];
  clearInterval(looking);
  return { code, said: out + errors, peakMb };
}

const layout: SomeEntry = ['oci-layout', json({ imageLayoutVersion: '1.0.0' })];
const zeros = { zeros: gigabyte };
/** SHA-256 of a gigabyte of zeros. */
const digest = 'sha256:49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14';
const large: SomeEntry = [
  'index.json',
  json({ schemaVersion: 2, manifests: [{ mediaType: '', digest, size: gigabyte }] }),
];
const image = someImage('registry.k8s.io/pause:3.6');

/** An archive with another manifest in its index. */
const named = (name: string): readonly SomeEntry[] => entriesOf(someImage(name));

test.each<[string, readonly (SomeEntry | readonly [string, Zeros])[], string]>([
  ['an index of a gigabyte', [layout, ['index.json', zeros]], 'larger than 4 MiB: index.json'],
  ['a list of dockerd’s of a gigabyte', [['manifest.json', zeros]], 'larger than 4 MiB: manifest.json'],
  ['a manifest of a gigabyte', [[`blobs/${digest.replace(':', '/')}`, zeros], large, layout], 'larger than 4 MiB'],
  [
    'a seal that more than the end follows',
    [['nodemend.sha256', Buffer.from('0')], layout, ['x', { zeros: 0.6 * gigabyte }]],
    'damaged',
  ],
  ['brackets in brackets', [layout, ['index.json', Buffer.alloc(4_000_000, '[')]], 'cannot be read: index.json'],
  ['a name of three megabytes', named(`registry.k8s.io/${'a'.repeat(3_000_000)}:1`), 'not a valid image reference'],
  ['a name for a shell', named('registry.k8s.io/$(touch here);`touch here`:1'), 'not a valid image reference'],
  ['a name for the screen', named('registry.k8s.io/a\u001B[2J\u202E\r\u0007:1'), String.raw`a\e[2J\u202e\r\x07:1`],
  ['a path of three megabytes', [...entriesOf(image), ['p'.repeat(3_000_000), Buffer.from('x')]], 'unsafe path'],
])(
  '%s is told and costs little; nothing of it goes anywhere',
  async (what, entries, words) => {
    const file = await archive('archive.tar', entries);
    const { code, said, peakMb } = await read('import', file);

    expect({ what, code, said: said.replaceAll(/\s+/gu, ' ') }).toEqual({
      what,
      code: 2,
      said: expect.stringContaining(words),
    });
    expect(said.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(said.length).toBeLessThan(2_000);
    // What it takes without an archive is half of it.
    expect(peakMb).toBeGreaterThan(20);
    expect(peakMb).toBeLessThan(400);
    expect(readdirSync(folder).filter((name) => !['archive.tar', 'hosts'].includes(name))).toEqual([]);
    if (!words.includes('4 MiB') && !words.includes('damaged')) return;
    expect(await read('restore', '--from-archive', file)).toMatchObject({ code: 2 });
  },
  120_000,
);
