import listed from './guide-sections.json' with { type: 'json' };

/** A trouble of the NKS troubleshooting guide, under its own headings. */
export interface GuideSection {
  readonly id: string;
  readonly ko: string;
  readonly en: string;
  /** `2025-10`: the month in which the guide dropped it. */
  readonly until?: string;
}

/** All of them, in the guide's order; the dropped ones last. */
export const guideSections: readonly GuideSection[] = listed.sections;
