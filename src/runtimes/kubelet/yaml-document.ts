import { parseDocument, type Document, type ScalarTag, type Tags } from 'yaml';

/**
 * The document of a YAML text that came from a node; undefined where it is none. The library throws for what is nested
 * deeper than the stack reaches, and kubelet's own refuses that too.
 */
export function parseYaml(text: string): Document.Parsed | undefined {
  try {
    const document = parseDocument(text, { ...dialect, logLevel: 'silent', prettyErrors: false });
    return document.errors.length > 0 ? undefined : document;
  } catch {
    return undefined;
  }
}

/**
 * What kubelet reads (sigs.k8s.io/yaml): YAML 1.1, in which `yes` is true and `010` is 8, but without its times; and the
 * octal numbers of YAML 1.2 beside them.
 */
const dialect = { version: '1.1', customTags: withoutTimes } as const;

function withoutTimes(tags: Tags): Tags {
  const octal: ScalarTag = {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    test: /^[-+]?0o[0-7]+$/,
    resolve: (text) => Number.parseInt(text.replace('0o', ''), 8),
  };
  const isTime = (tag: Tags[number]): boolean =>
    typeof tag === 'object' &&
    (tag.tag === 'tag:yaml.org,2002:timestamp' || ('format' in tag && tag.format === 'TIME'));
  return [octal, ...tags.filter((tag) => !isTime(tag))];
}

/** Its value; undefined where aliases have no anchor, or are so many that they would fill the memory. */
export function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}
