import { isTest, projectPath, type Rule } from './rule.ts';

/** Methods of the API client that change the cluster (`src/kubernetes/api.ts`). */
const changing = new Set(['create', 'replace', 'patch', 'remove', 'evict', 'exec']);

/** A pod through which a node is reached is made and used where that is asked for. */
const allowed = [
  /^src\/actions\//,
  /^src\/engine\/(rollout|journal|locks)\//,
  /^src\/kubernetes\//,
  /^src\/transport\/pod-exec\//,
];

/**
 * Only actions, the rollout and the journal change a cluster, and run commands in containers. An API client is
 * recognised by its name: `api`, `…Api`, or a property of that name.
 */
export const changesRule: Rule = {
  create(context) {
    const path = projectPath(context);
    if (!path.startsWith('src/') || isTest(path) || allowed.some((place) => place.test(path))) return {};
    return {
      CallExpression: (node) => {
        const callee = node.callee as unknown as Member;
        if (callee.type !== 'MemberExpression' || !changing.has(callee.property.name ?? '')) return;
        if (!/^(api|.*Api)$/.test(nameOf(callee.object)) || isQuestion(node.arguments[0] as Literal | undefined))
          return;
        context.report({
          node,
          message: `${nameOf(callee.object)}.${callee.property.name} changes the cluster; only actions and the rollout may`,
        });
      },
    };
  },
};

/** A review is created and never stored: it is how one asks (`selfsubjectreviews`, `selfsubjectaccessreviews`). */
function isQuestion(path: Literal | undefined): boolean {
  return /\/selfsubject\w*reviews$/.test(String(path?.value));
}

interface Literal {
  readonly value?: unknown;
}

interface Member {
  readonly type: string;
  readonly property: { readonly name?: string };
  readonly object: Named;
}

interface Named {
  readonly type: string;
  readonly name?: string;
  readonly property?: { readonly name?: string };
}

function nameOf(object: Named): string {
  return (object.type === 'MemberExpression' ? object.property?.name : object.name) ?? '';
}
