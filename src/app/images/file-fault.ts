/** Why a file could not be read, as the texts of its error tell it apart (`cause_absent`); what is rare has no text of its own. */
export function faultContext(code: string): { readonly context?: 'absent' | 'denied' | 'irregular' } {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { context: 'absent' };
    case 'EACCES':
    case 'EPERM':
      return { context: 'denied' };
    case 'EISDIR':
    case 'EINVAL':
      return { context: 'irregular' };
    default:
      return {};
  }
}
