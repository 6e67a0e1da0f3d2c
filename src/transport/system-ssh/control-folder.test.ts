import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlFolder } from './control-folder.ts';

let runtime: string;
beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'nodemend-runtime-'));
});
afterEach(() => rmSync(runtime, { recursive: true, force: true }));

const inFolder = <T>(environment: Readonly<Record<string, string>>, look: (path: string) => T): T => {
  const folder = new ControlFolder(environment);
  try {
    return look(folder.next());
  } finally {
    folder.remove();
  }
};

describe('the folder of control sockets', () => {
  it('is this user’s alone, in the runtime folder, and goes away', () => {
    const path = inFolder({ XDG_RUNTIME_DIR: runtime }, (name) => {
      expect(dirname(dirname(name))).toBe(runtime);
      expect(statSync(dirname(name)).mode & 0o777).toBe(0o700);
      return dirname(name);
    });
    expect(existsSync(path)).toBe(false);
  });

  it('gives names that fit into a socket’s path, whatever the runtime folder is', () => {
    for (const folder of [
      runtime,
      join(runtime, 'x'.repeat(80)),
      '/does/not/exist',
      'relative',
      join(runtime, 'with blank'),
      "/quote'd",
      '/100%',
    ]) {
      inFolder({ XDG_RUNTIME_DIR: folder }, (name) => {
        // macOS has 104 bytes; ssh adds 17 while it makes the socket.
        expect(name.length + 17).toBeLessThanOrEqual(104);
        expect(name).toMatch(/^\/[\w./-]+$/);
        expect(existsSync(dirname(name))).toBe(true);
      });
    }
  });

  it('gives each name once', () => {
    const folder = new ControlFolder({ XDG_RUNTIME_DIR: runtime });
    expect(new Set([folder.next(), folder.next(), folder.next()]).size).toBe(3);
    folder.remove();
  });
});
