import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExecRequest } from '../transport.ts';
import launch from './launch.sh?raw';
import readAll from './read-all.sh?raw';
import readToMarker from './read-to-marker.sh?raw';
import { oneLine, packScript } from './remote-command.ts';

const request: ExecRequest = { script: 'id', args: [], privilege: 'preferred', timeoutMs: 9001, maxOutputBytes: 1 };
const marker = '0123456789abcdef0123456789abcdef';

describe('what a login shell is asked to run', () => {
  it.each([
    ['launch.sh', launch],
    ['read-all.sh', readAll],
    ['read-to-marker.sh', readToMarker],
  ])('holds nothing that shells read differently between single quotes: %s', (_, text) => {
    expect(oneLine(text)).not.toMatch(/['!\\\n]/);
    expect(oneLine(text).length).toBeGreaterThan(50);
  });

  it('is the same whatever the script and its arguments are', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string().filter((value) => !value.includes('\0'))), (script, args) => {
        expect(packScript(marker, { ...request, script, args }).command).toBe(packScript(marker, request).command);
      }),
    );
  });

  it('names the marker, the privilege and when the node ends the script by itself', () => {
    expect(packScript(marker, request).command).toContain(`' nodemend ${marker} preferred 15 '`);
  });

  it('sends script and input on standard input, the input last and as it is', () => {
    const input = Buffer.from([0, 10, 255, 10]);
    const { stdin } = packScript(marker, { ...request, script: 'cat "$1"', args: ["it's"], input });
    const text = Buffer.from(stdin).toString('latin1');
    expect(text.startsWith(`: ${marker}\n`)).toBe(true);
    expect(text.endsWith(`set -- 'it'\\''s'\n{\ncat "$1"\n}\n# ${marker}\n${input.toString('latin1')}`)).toBe(true);
  });
});
