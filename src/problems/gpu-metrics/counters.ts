/**
 * The counters file without those of DCGM's profiling module (`DCGM_FI_PROF_…`), each line of them a comment. What is a
 * comment already stays as it is: made once or ten times, the text is the same.
 */
export function withoutProfiling(text: string): string {
  return text.replaceAll(/^(?=[ \t]*DCGM_FI_PROF)/gm, '# ');
}
