/** Most details begin with the node that they are about, which stands before them already. */
export function withoutNode(detail: string, node: string): string {
  const prefix = `${node}: `;
  return detail.startsWith(prefix) ? detail.slice(prefix.length) : detail;
}
