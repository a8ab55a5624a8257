import { folderOf, PURE_FOLDERS } from './layers.ts';
import { type Finding, isNode, lineAt, nameOf, type Source, type SyntaxNode, walk } from './source.ts';

const CLOCK = 'use clock.now() of the virtual clock';
const RANDOM = 'draw from a seeded Random stream';
const EVENTS = 'schedule an event on the queue, or clock.after()';
const SYNCHRONOUS = 'the simulation is synchronous: return the value, or take a callback';
const OUTSIDE = 'have the caller in commands/, ui/ or server/ pass it in';
const LOCALE = 'compare with < and >, format by hand: results must not depend on the locale';

/** Globals that are banned altogether, and what replaces them. */
const GLOBALS: ReadonlyMap<string, string> = new Map([
  ['performance', CLOCK],
  ['crypto', RANDOM],
  ['setTimeout', EVENTS],
  ['setInterval', EVENTS],
  ['setImmediate', EVENTS],
  ['queueMicrotask', EVENTS],
  ['Promise', SYNCHRONOUS],
  ['process', OUTSIDE],
  ['console', 'return the text, or record an event'],
  ['fetch', OUTSIDE],
  ['globalThis', OUTSIDE],
  ['Intl', LOCALE],
  ['WeakRef', 'keep an ordinary reference: collection differs between runs'],
  ['FinalizationRegistry', 'release by hand: collection differs between runs'],
]);

/** Members of globals that are banned. */
const MEMBERS: ReadonlyMap<string, string> = new Map([
  ['Date.now', CLOCK],
  ['Math.random', RANDOM],
]);

/** Methods that are banned on whatever they are called. */
const METHODS: readonly (readonly [RegExp, string])[] = [
  [/^(localeCompare|toLocale\w*)$/, LOCALE],
  [
    /^(getFullYear|getMonth|getDate|getDay|getHours|getMinutes|getSeconds|getTimezoneOffset)$/,
    "use the getUTC... method: results must not depend on the machine's time zone",
  ],
];

/** Uses of real time, chance, timers, promises, the process and the locale in sim/ to game/. */
export function checkPurity(sources: readonly Source[]): Finding[] {
  return sources.filter(({ path }) => PURE_FOLDERS.has(folderOf(path) ?? '')).flatMap(checkSource);
}

function checkSource(source: Source): Finding[] {
  const ours = declaredNames(source.program);
  const findings: Finding[] = [];
  const names = globalReferences(source.program);
  walk(source.program, (node) => {
    const problem = problemOf(node, ours) ?? (names.has(node) ? globalProblem(node, ours) : undefined);
    if (problem === undefined) return;
    findings.push({ path: source.path, line: lineAt(source.text, node.start), message: problem });
  });
  return findings;
}

/** Names that the file itself declares or imports: a parameter called `process` is no global. */
function declaredNames(program: SyntaxNode): Set<string> {
  const names = new Set<string>();
  const bind = (node: unknown): void => {
    if (!isNode(node)) return;
    if (node.type === 'Identifier') names.add(node.name as string);
    else if (node.type === 'AssignmentPattern') bind(node.left);
    else if (node.type === 'RestElement') bind(node.argument);
    else if (node.type === 'Property') bind(node.value);
    else for (const item of [node.properties, node.elements].flat()) bind(item);
  };
  walk(program, (node) => {
    if (node.type === 'VariableDeclarator') bind(node.id);
    else if (node.type.startsWith('Import') && node.local !== undefined) bind(node.local);
    else if (/Function|Class/.test(node.type)) {
      bind(node.id);
      for (const parameter of [node.params].flat()) bind(parameter);
    }
  });
  return names;
}

/** The identifiers that stand for a variable or a type, not for the name of a member or of a key. */
function globalReferences(program: SyntaxNode): Set<SyntaxNode> {
  const references = new Set<SyntaxNode>();
  const memberNames = new Set<unknown>();
  walk(program, (node) => {
    if (node.type === 'MemberExpression' && node.computed !== true) memberNames.add(node.property);
    else if (node.computed !== true && node.key !== undefined && node.shorthand !== true)
      memberNames.add(node.key);
    else if (node.type === 'TSQualifiedName') memberNames.add(node.right);
    if (node.type === 'Identifier' && !memberNames.has(node)) references.add(node);
  });
  return references;
}

function globalProblem(node: SyntaxNode, ours: ReadonlySet<string>): string | undefined {
  const name = node.name as string;
  const replacement = ours.has(name) ? undefined : GLOBALS.get(name);
  return replacement === undefined ? undefined : `${name}: ${replacement}`;
}

function problemOf(node: SyntaxNode, ours: ReadonlySet<string>): string | undefined {
  if (node.async === true) return `async: ${SYNCHRONOUS}`;
  if (node.type === 'AwaitExpression' || node.await === true) return `await: ${SYNCHRONOUS}`;
  if (node.type === 'ImportExpression') return `import(): ${SYNCHRONOUS}; use an import declaration`;
  if (node.type === 'MemberExpression') return memberProblem(node.object, nameOf(node.property));
  if (node.type === 'VariableDeclarator' && isNode(node.id) && node.id.type === 'ObjectPattern') {
    const keys = [node.id.properties]
      .flat()
      .map((property) => (isNode(property) ? nameOf(property.key) : undefined));
    return keys.map((key) => memberProblem(node.init, key)).find((problem) => problem !== undefined);
  }
  if (ours.has('Date') || nameOf(node.callee) !== 'Date') return undefined;
  if (node.type === 'CallExpression') return `Date(): ${CLOCK}`;
  const empty = Array.isArray(node.arguments) && node.arguments.length === 0;
  return node.type === 'NewExpression' && empty ? `new Date(): ${CLOCK}` : undefined;
}

function memberProblem(object: unknown, property: string | undefined): string | undefined {
  if (property === undefined) return undefined;
  const member = `${nameOf(object) ?? ''}.${property}`;
  const replacement = MEMBERS.get(member) ?? METHODS.find(([pattern]) => pattern.test(property))?.[1];
  return replacement === undefined ? undefined : `${MEMBERS.has(member) ? member : property}: ${replacement}`;
}
