import { describe, expect, it } from 'vitest';
import { fileAction, fileState } from '../../../test/chroot/file-fixture.ts';
import type { FileAction } from './file-action.ts';
import { fileDiff } from './file-diff.ts';
import { fileKind } from './file.ts';

const same = (text: string): string => text;
const preview = (spec: FileAction): string => fileKind.preview(spec, same);

describe('the preview of a file action', () => {
  it('is a unified diff', () => {
    expect(preview(fileAction())).toMatchInlineSnapshot(`
      "--- a/etc/logrotate.d/docker	now
      +++ b/etc/logrotate.d/docker	wanted
      @@ -1,3 +1,4 @@
      -/var/lib/docker/containers/*/*.log {
      +/var/lib/docker/containers/*/*-json.log {
         daily
      +  rotate 10
       }"
    `);
  });

  it('of a new file and of a removal names /dev/null', () => {
    expect(preview(fileAction({ from: 'absent' }))).toMatchInlineSnapshot(`
      "+owner 0:0 mode 0644
      --- /dev/null	now
      +++ b/etc/logrotate.d/docker	wanted
      @@ -0,0 +1,4 @@
      +/var/lib/docker/containers/*/*-json.log {
      +  daily
      +  rotate 10
      +}"
    `);
    expect(preview(fileAction({ to: 'absent' }))).toMatchInlineSnapshot(`
      "--- a/etc/logrotate.d/docker	now
      +++ /dev/null	wanted
      @@ -1,3 +0,0 @@
      -/var/lib/docker/containers/*/*.log {
      -  daily
      -}"
    `);
  });

  it('of owner and mode alone has no body', () => {
    const spec = fileAction({ from: fileState('x\n', '0666', 5, 6), to: fileState('x\n') });
    expect(preview(spec)).toBe('-owner 5:6 mode 0666\n+owner 0:0 mode 0644');
  });

  it('compares hashes where a content was not kept', () => {
    const { content: _content, ...from } = fileState('secret');
    expect(fileDiff('/x', { label: 'a', state: from }, { label: 'b', state: fileState('other') }, same)).toMatch(
      /^-sha256 [0-9a-f]{64}\n\+sha256 [0-9a-f]{64}$/mu,
    );
    expect(fileDiff('/x', { label: 'a', state: from }, { label: 'b', state: fileState('secret') }, same)).toBe('');
  });

  it('shows all of what is written where the prior content was left out of the plan', () => {
    const { content: _content, ...from } = fileState('old');
    expect(preview(fileAction({ from }))).toMatch(/^-sha256 [0-9a-f]{64}$/mu);
    expect(preview(fileAction({ from }))).toContain('+  rotate 10');
  });

  it('cannot drive the terminal it is shown on', () => {
    expect(preview(fileAction({ to: fileState('\u001b[2Jgone\n') }))).not.toContain('\u001b');
  });

  it('masks contents whole, and says by hash that a secret differs', () => {
    const redact = (text: string): string => text.replace(/password=\S+/u, 'password=***');
    const spec = fileAction({ from: fileState('a\npassword=one\n'), to: fileState('a\npassword=two\n') });
    expect(fileKind.preview(spec, redact)).toMatch(/^-sha256 [0-9a-f]{64}\n\+sha256 [0-9a-f]{64}$/mu);
    expect(
      fileKind.preview(
        fileAction({ from: fileState('a\npassword=one\n'), to: fileState('b\npassword=one\n') }),
        redact,
      ),
    ).not.toContain('one');
  });
});
