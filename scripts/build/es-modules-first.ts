/**
 * ES modules where a package has them: what a UMD wrapper requires cannot be seen, and would be left out of a bundle
 * (jsonc-parser).
 */
export const esModulesFirst = { mainFields: ['module', 'main'] };
