/**
 * Field selectors, as after `kubectl --field-selector` (pkg/fields/selector.go):
 * `status.phase=Running,metadata.name!=x`. Which fields exist is the kind's business.
 */

/** One condition on one field; an unset field counts as the empty string. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A compiled field selector: the conjunction of its requirements. */
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
  /** Whether an object is selected whose fields `get` returns; undefined counts as the empty string. */
  matches(get: (name: string) => string | undefined): boolean;
  /** Whether the selector selects everything. */
  isEmpty(): boolean;
  /** The value that the field must have, if the selector demands exactly one. */
  requiresExactMatch(field: string): string | undefined;
  /** The text of the selector. */
  toString(): string;
}

/** Why a field selector cannot be read, in upstream's words. */
export interface FieldSelectorError {
  readonly error: string;
}

class Conjunction implements FieldSelector {
  readonly requirements: readonly FieldRequirement[];

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
  }

  matches(get: (name: string) => string | undefined): boolean {
    for (const r of this.requirements) {
      if (((get(r.field) ?? '') === r.value) !== (r.operator === '=')) return false;
    }
    return true;
  }

  isEmpty(): boolean {
    return this.requirements.length === 0;
  }

  requiresExactMatch(field: string): string | undefined {
    return this.requirements.find((r) => r.field === field && r.operator === '=')?.value;
  }

  toString(): string {
    return this.requirements.map((r) => r.field + r.operator + escapeValue(r.value)).join(',');
  }
}

/** Selects every object. */
export const EVERY_FIELD: FieldSelector = Object.freeze(new Conjunction(Object.freeze([])));

/** A selector of objects whose field has that value. */
export function oneTermEqualSelector(field: string, value: string): FieldSelector {
  return new Conjunction([{ field, operator: '=', value }]);
}

/** A selector of objects that satisfy all requirements. */
export function newFieldSelector(requirements: readonly FieldRequirement[]): FieldSelector {
  return requirements.length === 0 ? EVERY_FIELD : new Conjunction(requirements);
}

function escapeValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

/** Reads a field selector: terms with `=`, `==` or `!=`; a backslash keeps `\`, `,` and `=` in a value. */
export function parseFieldSelector(text: string): FieldSelector | FieldSelectorError {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort()) {
    if (term === '') continue;
    const parts = splitTerm(term);
    if (parts === undefined) return { error: `invalid selector: '${text}'; can't understand '${term}'` };
    const value = unescapeValue(parts.value);
    if (typeof value !== 'string') return value;
    requirements.push({ field: parts.field, operator: parts.operator, value });
  }
  return newFieldSelector(requirements);
}

/** The comma-separated terms; a comma after a backslash does not separate. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function splitTerm(term: string): FieldRequirement | undefined {
  for (let i = 0; i < term.length; i++) {
    if (term.startsWith('!=', i))
      return { field: term.slice(0, i), operator: '!=', value: term.slice(i + 2) };
    if (term.startsWith('==', i)) return { field: term.slice(0, i), operator: '=', value: term.slice(i + 2) };
    if (term[i] === '=') return { field: term.slice(0, i), operator: '=', value: term.slice(i + 1) };
  }
  return undefined;
}

function unescapeValue(text: string): string | FieldSelectorError {
  let value = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === ',' || char === '=')
      return { error: `invalid field selector: unescaped character in value: ${char.charCodeAt(0)}` };
    if (char !== '\\') {
      value += char;
      continue;
    }
    const next = text.charAt(++i);
    if (next === '' || !'\\,='.includes(next))
      return { error: `invalid field selector: invalid escape sequence: \\${next}` };
    value += next;
  }
  return value;
}
