/** What one section of a probe printed, one character a byte (latin1). */
export interface ProbedText {
  readonly text: string;
  readonly truncated: boolean;
}
