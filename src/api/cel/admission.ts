import type { ASTNode } from '@marcbachmann/cel-js';
import type { Json } from '../../apimachinery/json.ts';
import { isList, isObject, own } from '../../apimachinery/object.ts';
import { registerAuthorizer } from './authorizer.ts';
import { Dialect, type Expression, type ExpressionError, evaluate } from './expression.ts';

/** What an expression about a request may be for, and so, of which type (plugin/cel ReturnTypes). */
export type Purpose = 'bool' | 'string' | 'auditAnnotation' | 'variable';

/** What an expression about a request may speak of beside the request and its objects. */
export interface Speaks {
  /** Whether there are `params`. */
  readonly params?: boolean;
  /** The names of the `variables` there are at that point; undefined: none are known at all. */
  readonly variables?: ReadonlySet<string>;
}

const ALWAYS: readonly string[] = ['object', 'oldObject', 'request', 'namespaceObject'];
const PLAIN = new Dialect(ALWAYS, registerAuthorizer);
const WITH_PARAMS = new Dialect([...ALWAYS, 'params'], registerAuthorizer);
const WITH_VARIABLES = new Dialect([...ALWAYS, 'variables'], registerAuthorizer);
const WITH_BOTH = new Dialect([...ALWAYS, 'params', 'variables'], registerAuthorizer);

/** Messages are not told of permissions. */
const NO_AUTHORIZER = "undeclared reference to 'authorizer' (in container '')";

/** Compiles an expression about a request, or says why it is none (plugin/cel/compile.go CompileCELExpression). */
export function compileAdmission(
  text: string,
  purpose: Purpose,
  { params = false, variables }: Speaks = {},
): Expression | ExpressionError {
  const dialect =
    variables === undefined ? (params ? WITH_PARAMS : PLAIN) : params ? WITH_BOTH : WITH_VARIABLES;
  const compiled = dialect.compile(text, (node) => refused(node, purpose, variables));
  if ('error' in compiled || purpose === 'variable') return compiled;
  const types = purpose === 'auditAnnotation' ? ['string', 'null', 'null_type'] : [purpose];
  // What a variable is, only its own expression says.
  const known = compiled.type !== 'dyn' || !compiled.names.has('variables');
  if (!known || types.includes(compiled.type)) return compiled;
  return {
    error: types.length === 1 ? `must evaluate to ${types[0]}` : 'must evaluate to one of [string null_type]',
  };
}

function refused(
  node: ASTNode,
  purpose: Purpose,
  variables: ReadonlySet<string> | undefined,
): string | undefined {
  const at = (why: string): string => `compilation failed: ERROR: <input>:1:${node.start + 1}: ${why}`;
  if (purpose === 'string' && node.op === 'id' && node.args === 'authorizer') return at(NO_AUTHORIZER);
  if (node.op === '[]' && node.args[0].op === 'id' && node.args[0].args === 'variables')
    return at("found no matching overload for '_[_]' applied to '(kubernetes.variables, string)'");
  if (node.op !== '.' || variables === undefined) return undefined;
  const [of, name] = node.args;
  if (of.op !== 'id' || of.args !== 'variables' || variables.has(name)) return undefined;
  return at(`undefined field '${name}'`);
}

/** A value as expressions without a schema have it: whole numbers are integers. */
export function toDynamic(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (isList(value)) return value.map(toDynamic);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value).flatMap((key) => {
      const inner = own(value, key);
      return inner === undefined ? [] : [[key, toDynamic(inner)]];
    }),
  );
}

/** The value of an expression about a request, or the error in upstream's words (plugin/cel/condition.go). */
export function evaluateAdmission(
  text: string,
  compiled: Expression | ExpressionError,
  scope: object,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string } {
  if ('error' in compiled) return { ok: false, error: `compilation error: ${compiled.error}` };
  const outcome = evaluate(compiled, scope);
  if (outcome.ok) return outcome;
  return { ok: false, error: `expression '${text}' resulted in error: ${outcome.error}` };
}

/** What a condition of a match says: that it does not match, or else what went wrong, if anything. */
export type MatchOutcome = { readonly matches: true } | { readonly matches: false; readonly error?: string };

/** A named condition that is ready to run. */
export interface CompiledCondition {
  readonly text: string;
  readonly compiled: Expression | ExpressionError;
}

/**
 * Whether all conditions hold. One that is false decides, whatever is wrong with others; with `Ignore` what is wrong
 * means no match, and otherwise it is an error (webhook/matchconditions/matcher.go).
 */
export function matchConditions(
  conditions: readonly CompiledCondition[],
  scope: object,
  failurePolicy: string | undefined,
): MatchOutcome {
  const errors: string[] = [];
  for (const { text, compiled } of conditions) {
    const outcome = evaluateAdmission(text, compiled, scope);
    if (!outcome.ok) errors.push(outcome.error);
    else if (outcome.value === false) return { matches: false };
  }
  if (errors.length === 0) return { matches: true };
  if (failurePolicy === 'Ignore') return { matches: false };
  const distinct = [...new Set(errors)];
  return { matches: false, error: distinct.length === 1 ? (errors[0] ?? '') : `[${distinct.join(', ')}]` };
}

/** Conditions ready to run; what is wrong with one is told when it is evaluated. */
export function compileConditions(
  conditions: readonly { readonly expression: string }[],
  params: boolean,
): readonly CompiledCondition[] {
  return conditions.map(({ expression }) => ({
    text: expression,
    compiled: compileAdmission(expression, 'bool', { params }),
  }));
}
