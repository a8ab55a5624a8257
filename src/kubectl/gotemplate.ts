import type { Json } from '../apimachinery/json.ts';
import { entriesOf, isList, isObject } from '../apimachinery/object.ts';
import { callFunction, formatValue, isTrue, type TemplateValue } from './gotemplatefunctions.ts';
import { type Command, type Node, type Operand, type Pipeline, parseTemplate } from './gotemplateparser.ts';

/** A template that could be read. */
export interface GoTemplate {
  /** The text for some data; `error` as Go words it. */
  print(data: Json): string | { readonly error: string };
}

/** Output of one template is cut here: a range within a range is soon very long. */
const MAX_OUTPUT = 8 * 1024 * 1024;
const MAX_STEPS = 1_000_000;

/** Reads a Go template. `allowMissing`: a key that is not there is `<no value>` and no error. */
export function compileGoTemplate(
  source: string,
  allowMissing: boolean,
): GoTemplate | { readonly error: string } {
  const nodes = parseTemplate(source);
  if ('error' in nodes) return nodes;
  return {
    print(data) {
      const run = new Run(data, allowMissing);
      run.nodes(nodes, data);
      return run.error === undefined ? run.output : { error: `template: output: ${run.error}` };
    },
  };
}

type Leaving = 'break' | 'continue' | undefined;

class Run {
  output = '';
  error: string | undefined;
  readonly #allowMissing: boolean;
  readonly #variables: { name: string; value: TemplateValue }[];
  #steps = 0;

  constructor(data: Json, allowMissing: boolean) {
    this.#allowMissing = allowMissing;
    this.#variables = [{ name: '$', value: data }];
  }

  nodes(nodes: readonly Node[], dot: TemplateValue): Leaving {
    const scope = this.#variables.length;
    let left: Leaving;
    for (const node of nodes) {
      if (++this.#steps > MAX_STEPS) this.#fail('the template does not end');
      if (this.error !== undefined) break;
      left = this.#node(node, dot);
      if (left !== undefined) break;
    }
    this.#variables.length = scope;
    return left;
  }

  #node(node: Node, dot: TemplateValue): Leaving {
    switch (node.type) {
      case 'text':
        this.#write(node.text);
        return undefined;
      case 'print': {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length > 0)
          this.#declare(node.pipeline.variables[0] as string, value, node.pipeline);
        else this.#write(formatValue(value));
        return undefined;
      }
      case 'range':
        return this.#range(node, dot);
      case 'if':
      case 'with': {
        const scope = this.#variables.length;
        const value = this.#pipeline(node.pipeline, dot);
        const [name] = node.pipeline.variables;
        if (name !== undefined) this.#variables.push({ name, value });
        const inner = node.type === 'with' && isTrue(value) ? value : dot;
        const left = this.nodes(isTrue(value) ? node.body : node.otherwise, inner);
        this.#variables.length = scope;
        return left;
      }
      default:
        return node.type;
    }
  }

  #range(node: Extract<Node, { type: 'if' | 'with' | 'range' }>, dot: TemplateValue): Leaving {
    const over = this.#pipeline(node.pipeline, dot);
    const items = itemsOf(over);
    if (items === undefined) {
      this.#fail(
        `executing "output" at <${node.pipeline.text}>: range can't iterate over ${formatValue(over)}`,
      );
      return undefined;
    }
    if (items.length === 0) return this.nodes(node.otherwise, dot);
    const names = node.pipeline.variables;
    for (const [key, value] of items) {
      const scope = this.#variables.length;
      const last = names.at(-1);
      if (names.length === 2) this.#variables.push({ name: names[0] as string, value: key });
      if (last !== undefined) this.#variables.push({ name: last, value });
      const left = this.nodes(node.body, value);
      this.#variables.length = scope;
      if (left === 'break' || this.error !== undefined) break;
    }
    return undefined;
  }

  /** `$x := v` makes a variable in this block, `$x = v` would set an outer one; both end in the nearest. */
  #declare(name: string, value: TemplateValue, { text }: Pipeline): void {
    const known = this.#variables.findLast((variable) => variable.name === name);
    if (known !== undefined && !text.includes(':=')) known.value = value;
    else this.#variables.push({ name, value });
  }

  #pipeline(pipeline: Pipeline, dot: TemplateValue): TemplateValue {
    let value: TemplateValue;
    for (const [i, command] of pipeline.commands.entries()) {
      value = this.#command(command, dot, i === 0 ? [] : [value], pipeline);
      if (this.error !== undefined) return undefined;
    }
    return value;
  }

  #command(
    { words }: Command,
    dot: TemplateValue,
    piped: readonly TemplateValue[],
    at: Pipeline,
  ): TemplateValue {
    const [first, ...rest] = words;
    if (first?.type !== 'function') {
      if (first === undefined) return undefined;
      if (rest.length > 0 || piped.length > 0)
        this.#fail(`executing "output" at <${at.text}>: can't give argument to non-function`);
      return this.#operand(first, dot);
    }
    const args = [...rest.map((word) => this.#operand(word, dot)), ...piped];
    if (this.error !== undefined) return undefined;
    const result = callFunction(first.name, args);
    if (result === undefined) this.#fail(`function "${first.name}" not defined`);
    else if ('error' in result)
      this.#fail(`executing "output" at <${at.text}>: error calling ${first.name}: ${result.error}`);
    else return result.value;
    return undefined;
  }

  #operand(operand: Operand, dot: TemplateValue): TemplateValue {
    switch (operand.type) {
      case 'value':
        return operand.value;
      case 'dot':
        return this.#follow(dot, operand.path);
      case 'group':
        return this.#follow(this.#pipeline(operand.pipeline, dot), operand.path);
      case 'function':
        return this.#command({ words: [operand] }, dot, [], {
          variables: [],
          commands: [],
          text: operand.name,
        });
      case 'variable': {
        const found = this.#variables.findLast(({ name }) => name === operand.name);
        if (found === undefined) this.#fail(`undefined variable "${operand.name}"`);
        return this.#follow(found?.value, operand.path);
      }
    }
  }

  #follow(from: TemplateValue, path: readonly string[]): TemplateValue {
    let value = from;
    for (const key of path) {
      const inside = value;
      if (inside === undefined || inside === null) {
        if (this.#allowMissing) return undefined;
        this.#fail(`executing "output" at <.${path.join('.')}>: nil pointer evaluating interface {}.${key}`);
        return undefined;
      }
      if (typeof inside !== 'object' || !isObject(inside as Json)) {
        this.#fail(
          `executing "output" at <.${path.join('.')}>: can't evaluate field ${key} in type ${typeOf(inside)}`,
        );
        return undefined;
      }
      const next = (inside as Readonly<Record<string, Json>>)[key];
      const has = Object.hasOwn(inside, key);
      if (!has && !this.#allowMissing)
        this.#fail(`executing "output" at <.${path.join('.')}>: map has no entry for key "${key}"`);
      value = has ? next : undefined;
    }
    return value;
  }

  #write(text: string): void {
    if (this.output.length < MAX_OUTPUT) this.output += text;
  }

  #fail(says: string): void {
    this.error ??= says;
  }
}

function typeOf(value: TemplateValue): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? 'float64' : 'interface {}';
}

/** What a range goes through: lists by index, maps by key in order. */
function itemsOf(value: TemplateValue): readonly (readonly [TemplateValue, TemplateValue])[] | undefined {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number')
    return Array.from({ length: Math.min(value, 10_000) }, (_, i) => [i, i] as const);
  if (typeof value !== 'object') return undefined;
  if (isList(value)) return value.map((item, i) => [i, item] as const);
  return entriesOf(value as Readonly<Record<string, Json>>).sort(([a], [b]) => (a < b ? -1 : 1));
}
