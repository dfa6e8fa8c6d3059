const CLOCKS = new Set(['performance', 'Date', 'systemClock']);

/** Reads of a clock: `performance.now()`, `Date.now()`, `systemClock.now()`, `process.hrtime()`, `process.uptime()`, `new Date()`. */
function readsClock(node) {
  if (node.type === 'NewExpression') return node.callee.name === 'Date' && node.arguments.length === 0;
  if (node.type !== 'CallExpression') return false;
  if (node.callee.type !== 'MemberExpression') return node.callee.name === 'hrtime';
  const { object, property } = node.callee;
  if (property.name === 'now') return CLOCKS.has(object.name ?? object.property?.name);
  if (property.name === 'uptime') return object.name === 'process';
  return property.name === 'hrtime' || (property.name === 'bigint' && (object.property ?? object).name === 'hrtime');
}

/** A function that is called later reads its clock then. */
const isFunction = (node) => /Function/.test(node.type);

function* childrenOf(node) {
  for (const [name, value] of Object.entries(node)) {
    if (name === 'parent') continue;
    for (const child of Array.isArray(value) ? value : [value]) if (child !== null && typeof child === 'object' && typeof child.type === 'string') yield child;
  }
}

function some(node, found) {
  if (found(node)) return true;
  for (const child of childrenOf(node)) if (!isFunction(child) && some(child, found)) return true;
  return false;
}

/** What a function returns: its body, or the argument of each `return`. */
function returnedBy(fn) {
  if (fn.body.type !== 'BlockStatement') return [fn.body];
  const returned = [];
  some(fn.body, (part) => void (part.type === 'ReturnStatement' && part.argument && returned.push(part.argument)));
  return returned;
}

/** What is put into the value of a variable: `times.push(x)`, `times.first = x`, `times[0] = x`. */
function putInto(identifier) {
  let whole = identifier;
  while (whole.parent.type === 'MemberExpression' && whole.parent.object === whole) whole = whole.parent;
  if (whole === identifier) return [];
  const { parent } = whole;
  if (parent.type === 'AssignmentExpression' && parent.left === whole) return [parent.right];
  const adds = parent.type === 'CallExpression' && parent.callee === whole && /^(push|unshift|add|set)$/.test(whole.property.name);
  return adds ? parent.arguments : [];
}

/** What an assertion is about: `expect(…).toBe(…)`, `assert(…)`. */
const ASSERTION = /^(expect|assert)$/;

/**
 * A test that asserts how much wall time something took fails on a busy machine. Reports assertions that contain a clock
 * reading, a variable computed from one, or the result of a function of the same file that returns elapsed time.
 */
export const noWallTime = {
  meta: { type: 'problem', messages: { wallTime: 'No test asserts wall time: wait for a condition, count, or inject the clock.' }, schema: [] },
  create(context) {
    const { sourceCode } = context;

    /** Whether a source is in a node, or flows into a variable that is. */
    const flows = (node, isSource, seen = new Set()) =>
      some(node, (part) => {
        if (isSource(part)) return true;
        if (part.type !== 'Identifier') return false;
        const variable = sourceCode.getScope(part).references.find(({ identifier }) => identifier === part)?.resolved;
        if (!variable || seen.has(variable)) return false;
        seen.add(variable);
        const flowsFrom = (value) => (isFunction(value) ? returnedBy(value).some((each) => flows(each, isDifference, seen)) : flows(value, isSource, seen));
        return (
          variable.defs.some((definition) => definition.type === 'FunctionName' && flowsFrom(definition.node)) ||
          variable.references.some(({ identifier, writeExpr }) => (writeExpr ? flowsFrom(writeExpr) : putInto(identifier).some(flowsFrom)))
        );
      });
    /** A function under test may return the time of day; only a measurement returns a difference of times. */
    const isDifference = (node) => {
      const isSubtraction = node.type === 'BinaryExpression' && node.operator === '-' && node.right.type !== 'Literal';
      return (isSubtraction && (flows(node.left, readsClock) || flows(node.right, readsClock))) || (readsClock(node) && node.arguments.length > 0);
    };

    return {
      CallExpression(node) {
        const subject = node.callee.type === 'MemberExpression' ? subjectOf(node.callee.object) : node.callee;
        if (subject?.type !== 'Identifier' || !ASSERTION.test(subject.name)) return;
        // Report a call chain once, as a whole.
        if (node.parent.type === 'MemberExpression') return;
        if (argumentsOfChain(node).some((argument) => flows(argument, readsClock))) context.report({ node, messageId: 'wallTime' });
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
