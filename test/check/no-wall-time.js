/** Reads of a clock: `performance.now()`, `Date.now()`, `process.hrtime()`, `process.hrtime.bigint()`, `new Date()`. */
function readsClock(node) {
  if (node.type === 'NewExpression') return node.callee.name === 'Date' && node.arguments.length === 0;
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  const { object, property } = node.callee;
  if (property.name === 'now') return object.name === 'performance' || object.name === 'Date';
  return property.name === 'hrtime' || (property.name === 'bigint' && object.property?.name === 'hrtime');
}

/** A function that is called later reads its clock then. */
const isLater = (node) => /Function/.test(node.type);

function* childrenOf(node) {
  for (const [name, value] of Object.entries(node)) {
    if (name === 'parent') continue;
    for (const child of Array.isArray(value) ? value : [value]) if (child !== null && typeof child === 'object' && typeof child.type === 'string') yield child;
  }
}

function some(node, found) {
  if (found(node)) return true;
  for (const child of childrenOf(node)) if (!isLater(child) && some(child, found)) return true;
  return false;
}

/** What an assertion is about: `expect(…).toBe(…)`, `assert(…)`. */
const ASSERTION = /^(expect|assert)$/;

/**
 * A test that asserts how much wall time something took fails on a busy machine. Reports assertions that contain a reading of a clock,
 * or a variable that was computed from one.
 */
export const noWallTime = {
  meta: { type: 'problem', messages: { wallTime: 'No test asserts wall time: wait for a condition, count, or inject the clock.' }, schema: [] },
  create(context) {
    const { sourceCode } = context;
    const isTimed = (node, seen = new Set()) =>
      some(node, (part) => {
        if (readsClock(part)) return true;
        if (part.type !== 'Identifier') return false;
        const variable = sourceCode.getScope(part).references.find(({ identifier }) => identifier === part)?.resolved;
        if (!variable || seen.has(variable)) return false;
        seen.add(variable);
        return variable.defs.some(({ node: definition }) => definition.type === 'VariableDeclarator' && definition.init && !isLater(definition.init) && isTimed(definition.init, seen));
      });
    return {
      CallExpression(node) {
        const subject = node.callee.type === 'MemberExpression' ? subjectOf(node.callee.object) : node.callee;
        if (subject?.type !== 'Identifier' || !ASSERTION.test(subject.name)) return;
        // Of a chain, only the whole.
        if (node.parent.type === 'MemberExpression') return;
        if (argumentsOfChain(node).some((argument) => isTimed(argument))) context.report({ node, messageId: 'wallTime' });
      },
    };
  },
};

function subjectOf(node) {
  if (node.type === 'CallExpression') return subjectOf(node.callee);
  return node.type === 'MemberExpression' ? subjectOf(node.object) : node;
}

function argumentsOfChain(node) {
  if (node.type === 'CallExpression') return [...node.arguments, ...argumentsOfChain(node.callee)];
  return node.type === 'MemberExpression' ? argumentsOfChain(node.object) : [];
}
