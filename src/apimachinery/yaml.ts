import { Composer, type CST, Lexer, LineCounter, Parser, type YAMLParseError } from 'yaml';
import type { Json } from './json.ts';
import { MAX_DEPTH } from './object.ts';
import { convertDocument, type ManifestFault } from './yamlconvert.ts';
import { type Lookup, newLookup } from './yamlposition.ts';

export type { Position } from './yamlposition.ts';
export { toYaml } from './yamlwriter.ts';

/** A document of a manifest. */
export interface ManifestDocument extends Lookup {
  readonly value: Json;
}

/** Why a document cannot be read; lines and columns count from 1. */
export interface ManifestError {
  readonly code: 'Syntax' | 'DuplicateKey' | 'TooLarge' | 'TooDeep' | 'Aliases' | 'Value';
  /** In kubectl's words: `error converting YAML to JSON: yaml: line 3: ...`. */
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly file: string;
}

/** What is in a manifest: the documents that can be read, and what is wrong with the others. */
export interface Manifests {
  readonly docs: readonly ManifestDocument[];
  readonly errors: readonly ManifestError[];
}

/** Bytes the API server takes, so nothing larger needs reading. */
const MAX_SIZE = 3 * 1024 * 1024;

/**
 * Reads a manifest: YAML 1.1 or JSON, any number of documents; empty ones are left out. Whatever
 * the text, nothing is thrown, and time is about linear in its length.
 */
export function parseManifests(text: string, options: { readonly fileName?: string } = {}): Manifests {
  const file = options.fileName ?? '';
  if (text.length > MAX_SIZE) {
    const message = `Request entity too large: limit is ${MAX_SIZE}`;
    return { docs: [], errors: [{ code: 'TooLarge', message, line: 1, column: 1, file }] };
  }
  const lines = new LineCounter();
  const report = (fault: ManifestFault): ManifestError => {
    const { line, col } = lines.linePos(fault.offset);
    const message = `error converting YAML to JSON: yaml: ${fault.code === 'DuplicateKey' ? `unmarshal errors:\n  ` : ''}line ${line}: ${fault.text}`;
    return { code: fault.code, message, line, column: col, file };
  };
  const tokens = tokenize(jsonWithoutTabs(text), lines);
  if (!Array.isArray(tokens)) return { docs: [], errors: [report(tokens)] };
  const docs: ManifestDocument[] = [];
  const errors: ManifestError[] = [];
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  for (const doc of composer.compose(tokens)) {
    const syntax = doc.errors[0];
    if (syntax !== undefined) {
      errors.push(report({ code: 'Syntax', text: syntaxText(syntax), offset: syntax.pos[0] }));
      continue;
    }
    const { value, faults } = convertDocument(doc.contents);
    if (faults.length > 0) errors.push(...faults.map(report));
    else if (value !== null) docs.push({ value, ...newLookup(doc.contents, lines) });
  }
  return { docs, errors };
}

/** JSON may be indented with tabs, YAML may not; within its texts JSON has no tabs. */
function jsonWithoutTabs(text: string): string {
  return /^\s*[{[]/.test(text) && text.includes('\t') ? text.replaceAll('\t', ' ') : text;
}

/** Marks, spaces and scalars of a document of a hundred thousand lines; reading takes time for each. */
const MAX_LEXEMES = 700_000;

/**
 * The parsed tokens, or where the text first nests deeper than allowed, since composing recurses as
 * deep, or has more to it than anyone writes.
 */
function tokenize(text: string, lines: LineCounter): CST.Token[] | ManifestFault {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let left = MAX_LEXEMES;
  let quoted = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    const { offset } = parser;
    if (parser.stack.length > MAX_DEPTH) return { code: 'TooDeep', text: 'exceeded max depth', offset };
    // Each quoted text behind another is an error of its own; a few of them tell enough.
    if (/^["']/.test(lexeme)) quoted++;
    else if (/\S/.test(lexeme)) quoted = 0;
    if (quoted > 100) return { code: 'Syntax', text: 'did not find expected key', offset };
    if (--left < 0) return { code: 'TooLarge', text: 'document contains too many values', offset };
  }
  tokens.push(...parser.end());
  return tokens;
}

/** libyaml's words for what the parser found. */
const SYNTAX_TEXT: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'did not find expected alphabetic or numeric character',
  BAD_DIRECTIVE: 'could not find expected directive name',
  BAD_DQ_ESCAPE: 'found unknown escape character',
  BAD_INDENT: 'did not find expected key',
  BAD_SCALAR_START: 'found character that cannot start any token',
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  BLOCK_IN_FLOW: 'did not find expected node content',
  KEY_OVER_1024_CHARS: "could not find expected ':'",
  MISSING_CHAR: 'did not find expected key',
  MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
  MULTIPLE_ANCHORS: 'did not find expected node content',
  MULTIPLE_TAGS: 'did not find expected node content',
  TAB_AS_INDENT: 'found character that cannot start any token',
  UNEXPECTED_TOKEN: 'did not find expected key',
};

function syntaxText(error: YAMLParseError): string {
  const { code, message } = error;
  if (/end with a \]/.test(message)) return "did not find expected ',' or ']'";
  if (/end with a }/.test(message)) return "did not find expected ',' or '}'";
  if (/closing ["']|quote/.test(message)) return 'found unexpected end of stream';
  if (code === 'MISSING_CHAR' && /implicit|map keys|':'/i.test(message)) return "could not find expected ':'";
  return SYNTAX_TEXT[code] ?? message;
}
