import type { Lookup } from '../apimachinery/yamlposition.ts';

/** What kind of mistake it is: a closed list, so that tests and tools need not read sentences. */
export type IssueCode =
  /** The text is no YAML, or not the YAML of one object. */
  | 'Syntax'
  | 'UnknownField'
  | 'MissingField'
  | 'WrongType'
  | 'InvalidValue'
  /** Fields that exclude each other, or one of which must be there. */
  | 'Conflict'
  | 'TooLarge'
  | 'MissingFile'
  /** A name that nothing in the level has. */
  | 'UnknownReference';

/** What is wrong at one place of a level, a scenario or another file from outside. */
export interface Issue {
  readonly code: IssueCode;
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** `spec.goals[0].state.count`; empty for the file as a whole. */
  readonly path: string;
  /** What would be right there. */
  readonly wanted: string;
  /** What stands there. */
  readonly got: string;
  /** One sentence with all of it, to act on. */
  readonly message: string;
}

/** More issues than this are not listed: the first ones are enough to begin with. */
export const MAX_ISSUES = 100;

/** Collects what is wrong with one document, each with its place. */
export class Issues {
  readonly list: Issue[] = [];
  readonly #file: string;
  readonly #lookup: Lookup | undefined;

  constructor(file: string, lookup?: Lookup) {
    this.#file = file;
    this.#lookup = lookup;
  }

  /** Adds an issue with the value at `path`. */
  add(code: IssueCode, path: string, wanted: string, got: string, hint = ''): void {
    if (this.list.length >= MAX_ISSUES) return;
    const onKey = code === 'UnknownField' || code === 'Conflict';
    const place = onKey ? this.#lookup?.keyPosition(path) : this.#lookup?.position(path);
    const { line, col } = place ?? { line: 1, col: 1 };
    const where = path === '' ? '' : `${path}: `;
    const message = `${where}wanted ${wanted}, got ${got}${hint === '' ? '' : ` (${hint})`}`;
    this.list.push({ code, file: this.#file, line, column: col, path, wanted, got, message });
  }
}

/** `level.yaml:12:7 spec.hold: wanted a duration ..., got 5`. */
export function formatIssue(issue: Issue): string {
  return `${issue.file}:${issue.line}:${issue.column} ${issue.message}`;
}

const MAX_SHOWN = 60;

/** A value as an issue shows it: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  // Whole numbers of expressions are bigints, which JSON does not have.
  const plain = (_: string, part: unknown): unknown => (typeof part === 'bigint' ? Number(part) : part);
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value, plain) ?? String(value));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}
