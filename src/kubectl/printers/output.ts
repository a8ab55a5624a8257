import type { KindDefinition } from '../../api/kind.ts';
import { type KubeObject, nameOf } from '../../api/object.ts';
import type { Json } from '../../apimachinery/json.ts';
import { compileJsonPath, type JsonPath } from '../../apimachinery/jsonpath.ts';
import { toYaml } from '../../apimachinery/yaml.ts';
import type { KubectlContext } from '../context.ts';
import { nameWithKind } from '../discovery.ts';
import { type Failure, failure, isFailed } from '../errors.ts';
import type { ParsedArgs } from '../verb.ts';
import { CustomColumnsPrinter, parseCustomColumns, parseCustomColumnsFile } from './customcolumns.ts';
import { goTemplatePrinter } from './gotemplate.ts';
import { toKyaml } from './kyaml.ts';
import type { OutputPrinter, Printable } from './printer.ts';
import { asJson, printJson, withoutManagedFields } from './value.ts';

const FORMATS =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml';
const TEMPLATES = new Set(['go-template', 'go-template-file', 'template', 'templatefile']);

/** The printer that `-o` names; undefined for the table and for `-o wide`. */
export function printerFor(
  context: KubectlContext,
  args: ParsedArgs,
  noHeaders = false,
): OutputPrinter | undefined | Failure {
  const output = args.string('output');
  if (output === 'wide' || (output === '' && args.string('template') === '')) return undefined;
  const equals = output.indexOf('=');
  // A template alone is a Go template.
  const format = output === '' ? 'go-template' : equals < 0 ? output : output.slice(0, equals);
  const argument = equals < 0 ? args.string('template') : output.slice(equals + 1);
  const clean = args.bool('show-managed-fields') ? (o: KubeObject) => o : withoutManagedFields;
  const structured = structuredPrinter(format, clean);
  if (structured !== undefined && equals < 0) return structured;
  if (TEMPLATES.has(format)) {
    const template = templateText(context, format, argument);
    if (typeof template !== 'string') return template;
    return goTemplatePrinter(template, args.bool('allow-missing-template-keys'), dataOf(clean));
  }
  if (format.startsWith('jsonpath') && ['', '-file', '-as-json'].includes(format.slice(8)))
    return jsonPathPrinter(context, args, format, argument, clean);
  if (format === 'custom-columns' || format === 'custom-columns-file')
    return customColumnsPrinter(context, format, argument, noHeaders);
  return failure(
    `unable to match a printer suitable for the output format "${output}", allowed formats are: ${FORMATS}`,
  );
}

function structuredPrinter(format: string, clean: (o: KubeObject) => KubeObject): OutputPrinter | undefined {
  const json = (items: readonly Printable[], asList: boolean): Json =>
    dataOf(clean)(
      items.map(({ object }) => object),
      asList,
    );
  switch (format) {
    case 'yaml':
      return { wraps: true, print: (items, asList) => toYaml(json(items, asList)) };
    case 'json':
      return { wraps: true, print: (items, asList) => `${printJson(json(items, asList))}\n` };
    case 'kyaml':
      return { wraps: true, print: (items, asList) => toKyaml(json(items, asList)) };
    case 'name':
      return {
        wraps: false,
        print: (items) => items.map((item) => `${nameWithKind(item.kind, nameOf(item.object))}\n`).join(''),
      };
    default:
      return undefined;
  }
}

/** What several objects are printed in. */
function listOf(objects: readonly KubeObject[]): Json {
  return { apiVersion: 'v1', items: objects.map(asJson), kind: 'List', metadata: { resourceVersion: '' } };
}

/** What a template is about: one object, or a List of them. */
function dataOf(
  clean: (o: KubeObject) => KubeObject,
): (objects: readonly KubeObject[], asList: boolean) => Json {
  return (objects, asList) => (asList ? listOf(objects.map(clean)) : asJson(clean(objects[0] as KubeObject)));
}

/** The template that `-o` gives, or the file it names. */
function templateText(context: KubectlContext, format: string, argument: string): string | Failure {
  if (argument === '') return failure('template format specified but no template given');
  if (!format.endsWith('file')) return argument;
  const text = context.files.read(argument);
  return text ?? failure(`error reading --template ${argument}, open ${argument}: no such file or directory`);
}

function jsonPathPrinter(
  context: KubectlContext,
  args: ParsedArgs,
  format: string,
  argument: string,
  clean: (o: KubeObject) => KubeObject,
): OutputPrinter | Failure {
  const template = templateText(context, format, argument);
  if (typeof template !== 'string') return template;
  const path = compileJsonPath(template, args.bool('allow-missing-template-keys'));
  if ('error' in path) return failure(`error parsing jsonpath ${template}, ${path.error}`);
  const asJsonText = format === 'jsonpath-as-json';
  return {
    wraps: true,
    print: (items, asList) => {
      const data = dataOf(clean)(
        items.map(({ object }) => object),
        asList,
      );
      return asJsonText ? printFound(path, data, template) : printTemplate(path, data, template);
    },
  };
}

function printTemplate(path: JsonPath, data: Json, template: string): string | Failure {
  const text = path.print(data);
  return typeof text === 'string' ? text : failure(`error executing jsonpath "${template}": ${text.error}`);
}

function printFound(path: JsonPath, data: Json, template: string): string | Failure {
  const found = path.find(data);
  if ('error' in found) return failure(`error executing jsonpath "${template}": ${found.error}`);
  return `${printJson(found.flat())}\n`;
}

function customColumnsPrinter(
  context: KubectlContext,
  format: string,
  argument: string,
  noHeaders: boolean,
): OutputPrinter | Failure {
  let columns: ReturnType<typeof parseCustomColumns>;
  if (format === 'custom-columns-file') {
    const text = context.files.read(argument);
    if (text === undefined)
      return failure(`error reading template ${argument}, open ${argument}: no such file or directory`);
    columns = parseCustomColumnsFile(text);
  } else columns = parseCustomColumns(argument);
  if (typeof columns === 'string') return failure(columns);
  const printer = new CustomColumnsPrinter(columns, noHeaders);
  return { wraps: false, print: (items) => printer.print(items.map((item) => item.object)) };
}

/** How a verb reports one object that it wrote: `pod/x created`, or the object as `-o` asks. */
export class ResultPrinter {
  readonly #context: KubectlContext;
  readonly #printer: OutputPrinter | undefined;

  constructor(context: KubectlContext, printer: OutputPrinter | undefined) {
    this.#context = context;
    this.#printer = printer;
  }

  /** Prints `operation` (e.g. `created`) about an object; the exit code says whether that was possible. */
  print(kind: KindDefinition, object: KubeObject, operation: string): string | undefined {
    if (this.#printer === undefined) {
      this.#context.stdio.out(`${nameWithKind(kind, nameOf(object))} ${operation}\n`);
      return undefined;
    }
    const text = this.#printer.print([{ kind, object }], false);
    if (typeof text !== 'string') return String(text.failure);
    this.#context.stdio.out(text);
    return undefined;
  }
}

/** A result printer for `-o`, or why there is none. */
export function resultPrinter(context: KubectlContext, args: ParsedArgs): ResultPrinter | Failure {
  const printer = printerFor(context, args);
  if (printer !== undefined && isFailed(printer)) return printer;
  return new ResultPrinter(context, printer);
}
