import { describe, expect, it } from 'vitest';
import { styledText } from './styled-text.ts';
import { terminalSvg } from './terminal-svg.ts';

const plain = {
  bold: false,
  dim: false,
  underline: false,
  inverse: false,
  foreground: undefined,
  background: undefined,
};

describe('a line of a terminal', () => {
  it('is split where its style changes', () => {
    expect(styledText('a\u001b[1;31mb\u001b[0mc')).toEqual([
      { ...plain, text: 'a' },
      { ...plain, text: 'b', bold: true, foreground: 1 },
      { ...plain, text: 'c' },
    ]);
  });

  it('knows bright colours, backgrounds and what ends a style', () => {
    expect(styledText('\u001b[92;44;4mx\u001b[39;24my\u001b[mz')).toEqual([
      { ...plain, text: 'x', foreground: 10, background: 4, underline: true },
      { ...plain, text: 'y', background: 4 },
      { ...plain, text: 'z' },
    ]);
  });

  it('drops other sequences', () => {
    expect(styledText('a\u001b[2Kb')).toEqual([
      { ...plain, text: 'a' },
      { ...plain, text: 'b' },
    ]);
  });
});

describe('the picture', () => {
  it('has one piece of text for each span, wide characters counted as two cells', () => {
    const svg = terminalSvg(['\u001b[1m노드\u001b[0m <ok>'], 20, 'a & b');

    expect(svg).toContain('<title>a &amp; b</title>');
    expect(svg).toContain('<text x="16.0" y="30.0" textLength="33.6" fill="#d8dee6" font-weight="bold">노드</text>');
    expect(svg).toContain('<text x="58.0" y="30.0" textLength="33.6" fill="#d8dee6">&lt;ok&gt;</text>');
  });

  it('grows with its lines', () => {
    expect(terminalSvg(['a', 'b'], 80, '')).toContain('width="704" height="70"');
  });
});
