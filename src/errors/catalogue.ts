import type { ErrorArea, ErrorEntry } from './area.ts';
import * as list from './areas/list.ts';

/** Every error code that nodemend can end with, by the area of the code that throws it. */
export const errorAreas = list;

type Areas = typeof list;

type CodesOf<Area> = Area extends ErrorArea<infer Code> ? Code : never;

/** The union of all codes; a misspelt code does not compile. */
export type ErrorCode = { [Area in keyof Areas]: CodesOf<Areas[Area]> }[keyof Areas];

export const catalogue = Object.assign({}, ...Object.values(list).map(({ codes }) => codes)) as Readonly<
  Record<ErrorCode, ErrorEntry>
>;
