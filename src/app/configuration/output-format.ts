/**
 * Every way of printing that there is. `table` and `wide` are for people at a terminal, `markdown` for a ticket or a
 * chat; `json` and `yaml` are one document in two notations, for programs, and `jsonpath=` prints parts of it; `name` is one
 * name a line, as kubectl takes them; `sarif` is what code review tools read.
 */
export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml' | 'markdown' | 'name' | 'sarif' | JsonPathFormat;

/** With a template of kubectl's. */
export type JsonPathFormat = `jsonpath=${string}`;

/** All that people and programs read; what `diagnose` has, whose format the configuration can set. */
export const diagnoseFormats = ['table', 'wide', 'json', 'yaml', 'markdown'] as const satisfies readonly OutputFormat[];
