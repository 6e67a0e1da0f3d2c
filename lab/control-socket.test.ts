import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askControl } from './control-socket.ts';

test('every question has a connection of its own: one that was kept might just be closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-control-'));
  const path = join(folder, 'control');
  let connections = 0;
  const server = createServer((_, response) => response.end('"done"')).on('connection', () => (connections += 1));
  try {
    await once(server.listen(path), 'listening');
    for (const question of ['one', 'two']) expect(await askControl(path, question)).toEqual({ ok: true, body: 'done' });
    expect(connections).toBe(2);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
