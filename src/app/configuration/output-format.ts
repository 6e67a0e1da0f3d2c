/**
 * Every way of printing that there is. `table` and `wide` are for people at a terminal, `markdown` for a ticket or a
 * chat; `json` and `yaml` are one document in two notations, for programs; `sarif` is what code review tools read.
 */
export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml' | 'markdown' | 'sarif';

/** All that people and programs read; what `diagnose` has, whose format the configuration can set. */
export const diagnoseFormats = ['table', 'wide', 'json', 'yaml', 'markdown'] as const satisfies readonly OutputFormat[];
