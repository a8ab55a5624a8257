import { type Finding, isNode, lineAt, nameOf, type Source, type SyntaxNode, walk } from './source.ts';

/** Every `any`, and every comment that turns the type checker off. */
export function checkTypes(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ path, text, program }) => {
    const findings: Finding[] = [];
    walk(program, (node) => {
      if (node.type !== 'TSAnyKeyword') return;
      findings.push({
        path,
        line: lineAt(text, node.start),
        message: 'any: use unknown, a type, or a type parameter',
      });
    });
    for (const match of text.matchAll(
      /^.*?(?:\/\/|\/\*|^\s*\*)\s*(@ts-(?:ignore|nocheck|expect-error))\b/gm,
    )) {
      findings.push({ path, line: lineAt(text, match.index), message: `${match[1]}: make the types right` });
    }
    return findings;
  });
}

const RUNNERS = new Set(['describe', 'it', 'suite', 'test']);
const MUTED = new Set(['only', 'skip', 'todo']);

/** Tests that are switched off, or that switch the others off. */
export function checkMutedTests(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ path, text, program }) => {
    const findings: Finding[] = [];
    walk(program, (node) => {
      if (node.type !== 'MemberExpression') return;
      const [runner, property] = [runnerOf(node.object), nameOf(node.property)];
      if (runner === undefined || property === undefined || !MUTED.has(property)) return;
      const message = `${runner}.${property}: let it run, or delete it`;
      findings.push({ path, line: lineAt(text, node.start), message });
    });
    return findings;
  });
}

/** `it` for it, it.concurrent, it.each([...]); undefined for what is no runner of tests. */
function runnerOf(node: unknown): string | undefined {
  let inner: SyntaxNode | undefined = isNode(node) ? node : undefined;
  while (inner?.type === 'MemberExpression') inner = isNode(inner.object) ? inner.object : undefined;
  const name = nameOf(inner);
  return name !== undefined && RUNNERS.has(name) ? name : undefined;
}

const TOP_LEVEL = new Set([
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'assets',
  'levels',
  'package-lock.json',
  'package.json',
  'src',
  'test',
  'tsconfig.json',
]);

/** Files and folders at the top that the layout does not name; dotfiles are free. */
export function checkTopLevel(paths: readonly string[]): Finding[] {
  const entries = new Set(paths.map((path) => path.split('/', 1)[0] ?? path));
  return [...entries]
    .filter((entry) => !entry.startsWith('.') && !TOP_LEVEL.has(entry))
    .map((path) => ({
      path,
      line: 1,
      message: 'not part of the top level: move it into one of its folders',
    }));
}

/** What no file may mention: places outside the repository, and hosts that only one machine uses. */
const MENTIONS: readonly (readonly [RegExp, string])[] = [
  [/\.\.\/shared\b/, 'say it here: the reader has only this repository'],
  [/(?<![\w.-])\/work\/(?:main|shared)\b/, 'write paths relative to the repository'],
  [/(?<![\w.-])\/tmp\/h\b/, 'write paths relative to the repository'],
  [
    /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\.\w+/,
    'leave the choice of the registry to the configuration of npm',
  ],
  [/"resolved": "(?:https?|file):/, 'lock files name no host: npm install --omit-lockfile-registry-resolved'],
];

/** Lines that mention what lies outside the repository. */
export function checkMentions(path: string, text: string): Finding[] {
  return MENTIONS.flatMap(([pattern, replacement]) => {
    const match = pattern.exec(text);
    if (match === null) return [];
    return [{ path, line: lineAt(text, match.index), message: `${match[0]}: ${replacement}` }];
  });
}

/** A code map that is longer than one can read in a few minutes. */
export function checkCodeMap(path: string, text: string, most = 120): Finding[] {
  const lines = text.trimEnd().split('\n').length;
  if (lines <= most) return [];
  return [
    {
      path,
      line: most + 1,
      message: `${lines} lines: the code map has at most ${most}; move detail to the code`,
    },
  ];
}
