const lexemes =
  /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?<block>\/\*[\s\S]*?\*\/)|(?<line>\/\/[^\n]*)/g;
const titles = /^\s*(?:it|test|describe)(?:\.\w+(?:\([^()]*\))?)*\(\s*(['"`])(.*?)\1/gm;

/** What a source says to people: each comment as one line, and the titles of its tests. */
export function commentsAndTitles(source: string): readonly string[] {
  const comments = [...source.matchAll(lexemes)].flatMap(({ groups }) => {
    const words = groups?.['block'] ?? groups?.['line'];
    return words === undefined ? [] : [words.replaceAll(/\s*\n\s*\*?\s*/g, ' ')];
  });
  return [...comments, ...[...source.matchAll(titles)].map(([, , title = '']) => title)];
}
