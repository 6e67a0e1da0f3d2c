import type { ActionSpec } from '../../../actions/action-kinds.ts';
import type { FileAction } from '../../../actions/file/file-action.ts';
import type { Evidence, NodeEvidence } from '../../../evidence/evidence.ts';
import { parseSectionFiles, renderSectionFiles, type SectionFile } from './section-files.ts';

const key = 'logrotate/files';

/**
 * The evidence as the probe would bring it after these actions: their files in the section of rotation files, nothing
 * else.
 */
export function applyActions(evidence: Evidence, actions: readonly ActionSpec[]): Evidence {
  return {
    ...evidence,
    nodes: evidence.nodes.map((node) =>
      applyToNode(
        node,
        actions.filter((action) => action.node === node.name),
      ),
    ),
  };
}

function applyToNode(node: NodeEvidence, actions: readonly ActionSpec[]): NodeEvidence {
  const section = node.sections[key];
  if (section?.state !== 'seen' || actions.length === 0) return node;
  const before = parseSectionFiles(Buffer.from(section.value.output, section.value.encoding).toString('latin1'));
  const files = actions
    .filter((action) => action.kind === 'file')
    .reduce((all, action) => applyOne(all, action), before.files);
  const output = Buffer.from(renderSectionFiles({ ...before, files }), 'latin1').toString(section.value.encoding);
  return { ...node, sections: { ...node.sections, [key]: { state: 'seen', value: { ...section.value, output } } } };
}

function applyOne(files: readonly SectionFile[], { path, to }: FileAction): readonly SectionFile[] {
  if (to === 'absent') return files.filter((file) => file.path !== path);
  const content = Buffer.from(to.content, 'utf8').toString('latin1');
  const file = { path, mode: Number.parseInt(to.mode, 8), uid: to.uid, gid: to.gid, content };
  if (files.some((one) => one.path === path)) return files.map((one) => (one.path === path ? file : one));
  // Where the shell's own order would have put it.
  const behind = files.findIndex((one) => folderOf(one.path) === folderOf(path) && one.path > path);
  const at = behind < 0 ? files.length : behind;
  return [...files.slice(0, at), file, ...files.slice(at)];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
