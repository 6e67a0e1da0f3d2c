/** `{{file}}` in a text that stands for what is named when it happens: `<file>`. */
export function placeholders(text: string): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, '<$1>');
}
