import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { parseAst } from 'vitest/node';

/** A node of the ESTree that vitest's parser makes; `start` counts UTF-16 units from the file's start. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** Something that a rule found: where, and what to do instead. `line` counts from 1. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** One import, re-export or import() of a source file. */
export interface Import {
  /** As written: './queue.ts', 'node:fs', 'yaml'. */
  readonly specifier: string;
  /** The file it means, relative to the repository's folder; undefined for packages. */
  readonly target?: string;
  /** Whether it is erased when the types are. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** A parsed source file. `path` is relative to the repository's folder, with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
  readonly imports: readonly Import[];
}

/** The repository's folder. */
export const root = join(import.meta.dirname, '../..');

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git']);

/** The paths of all files that are tracked, or new and not ignored, sorted. */
export function listFiles(): string[] {
  if (existsSync(join(root, '.git'))) {
    const output = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return [...new Set(output.split('\0'))]
      .filter((path) => path !== '' && existsSync(join(root, path)))
      .sort();
  }
  return walkFiles('').sort();
}

function walkFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : walkFiles(path);
    return [path];
  });
}

/** Reads and parses one file of the repository. */
export function readSource(path: string): Source {
  return parseSource(path, readFileSync(join(root, path), 'utf8'));
}

/** Parses a source file; the ending of its path decides the language. Throws on a syntax error. */
export function parseSource(path: string, text: string): Source {
  const lang = path.endsWith('.tsx') ? 'tsx' : path.endsWith('.mjs') ? 'js' : 'ts';
  const program = parseAst(text, { lang }) as unknown as SyntaxNode;
  return { path, text, program, imports: findImports(path, text, program) };
}

/** Whether a value from the tree is a node. */
export function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** Calls `visit` for `node` and everything below it, parents first. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (const key in node) {
    const value = node[key];
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) walk(item, visit);
    } else if (isNode(value)) {
      walk(value, visit);
    }
  }
}

/** The line, counted from 1, of a position in a text. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** The name of an identifier, the value of a string; undefined for any other node. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return node.name as string;
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** Whether a module specifier names a part of Node, with or without `node:`. */
export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function findImports(path: string, text: string, program: SyntaxNode): Import[] {
  const imports: Import[] = [];
  walk(program, (node) => {
    if (!IMPORTING.has(node.type)) return;
    const specifier = nameOf(node.source ?? node.argument);
    if (specifier === undefined) return;
    const relative = specifier.startsWith('./') || specifier.startsWith('../');
    imports.push({
      specifier,
      ...(relative ? { target: posix.join(posix.dirname(path), specifier) } : {}),
      typeOnly: isTypeOnly(node),
      line: lineAt(text, node.start),
    });
  });
  return imports;
}

function isTypeOnly(node: SyntaxNode): boolean {
  return node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type';
}
