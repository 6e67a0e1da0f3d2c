/** A piece of a terminal line in one style. */
export interface Span {
  readonly text: string;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  /** 0 to 15, the sixteen colours that every terminal has; undefined is the default. */
  readonly foreground: number | undefined;
  readonly background: number | undefined;
}

type Style = Omit<Span, 'text'>;

const plain: Style = {
  bold: false,
  dim: false,
  underline: false,
  inverse: false,
  foreground: undefined,
  background: undefined,
};

/**
 * Splits one line of a terminal screen into spans. It reads what `tmux capture-pane -e` writes: text and SGR sequences
 * (ECMA-48, `ESC [ … m`) with the sixteen basic colours; any other sequence is left out.
 */
export function styledText(line: string): readonly Span[] {
  const spans: Span[] = [];
  let style = plain;
  // oxlint-disable-next-line no-control-regex -- an escape sequence starts with a control character
  for (const [, codes, text] of line.matchAll(/\u001b\[([0-9;]*)m|([^\u001b]+)|\u001b[^a-zA-Z]*[a-zA-Z]?/g)) {
    if (text !== undefined) spans.push({ ...style, text });
    else if (codes !== undefined)
      style = codes.split(';').reduce((before, code) => withCode(before, Number(code)), style);
  }
  return spans;
}

const switches: Readonly<Record<number, Partial<Style>>> = {
  0: plain,
  1: { bold: true },
  2: { dim: true },
  4: { underline: true },
  7: { inverse: true },
  22: { bold: false, dim: false },
  24: { underline: false },
  27: { inverse: false },
  39: { foreground: undefined },
  49: { background: undefined },
};

function withCode(style: Style, code: number): Style {
  const change = switches[code];
  if (change) return { ...style, ...change };
  if (code >= 30 && code <= 37) return { ...style, foreground: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, foreground: code - 90 + 8 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 100 + 8 };
  return style;
}
