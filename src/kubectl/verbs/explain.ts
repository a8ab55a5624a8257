import { describeField } from '../../api/descriptions.ts';
import type { KindDefinition } from '../../api/kind.ts';
import { fieldOf, schemaOf, typeOf } from '../../api/schema.ts';
import type { SchemaField, SchemaType } from '../../apimachinery/schema.ts';
import type { KubectlContext } from '../context.ts';
import { findKind, findKindOf } from '../discovery.ts';
import { fail } from '../errors.ts';
import { hintForResource } from '../missingkinds.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';

const WIDTH = 76;
/** What every object has, with the same texts. */
const OBJECT_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);
/** `--recursive` does not follow types that contain themselves any further than this. */
const MAX_DEPTH = 24;

/** `kubectl explain` (pkg/cmd/explain, pkg/explain/v2). */
export const explain: Verb = {
  name: 'explain',
  short: 'Get documentation for a resource',
  usage:
    'kubectl explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext]',
  examples: `  # The fields of pods
  kubectl explain pods

  # All fields of all levels
  kubectl explain pods --recursive

  # One field
  kubectl explain pods.spec.containers`,
  flags: [
    { name: 'api-version', type: 'string', usage: 'Use given api-version (group/version) of the resource' },
    {
      name: 'output',
      shorthand: 'o',
      type: 'string',
      default: 'plaintext',
      usage: 'Format in which to render the schema: plaintext',
    },
    { name: 'recursive', type: 'bool', usage: 'When true, print the name of all the fields recursively' },
  ],
  run: atOnce((context, args) => {
    const [text, ...more] = args.args;
    if (text === undefined)
      return fail(
        context,
        'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
      );
    if (more.length > 0)
      return fail(
        context,
        "We accept only this format: explain RESOURCE\nSee 'kubectl explain -h' for help and examples",
      );
    if (args.string('output') !== 'plaintext')
      return fail(context, `output format "${args.string('output')}" is not supported here, only plaintext`);
    const split = splitPath(context, text);
    if (split === undefined) {
      const name = text.split('.')[0] ?? '';
      return fail(context, `the server doesn't have a resource type "${name}"${hintForResource(name)}`);
    }
    const { path } = split;
    const version = args.string('api-version');
    const kind = version === '' ? split.kind : findKindOf(context, version, split.kind.kind);
    if (kind?.group !== split.kind.group)
      return fail(context, `couldn't find resource for "${version}, Resource=${split.kind.plural}"`);
    const target = follow(kind, path);
    if (typeof target === 'string') return fail(context, target);
    context.stdio.out(render(kind, target, args.bool('recursive')));
    return 0;
  }),
};

/** A place in the API's types. */
interface Place {
  readonly field: SchemaField | undefined;
  /** The name of the field; empty for the kind itself. */
  readonly fieldName: string;
  /** The type that holds the field; for the kind itself, its own type. */
  readonly ownerType: string;
}

/** `deployments.apps.spec.replicas`: the longest beginning that names a kind, and the path after it. */
function splitPath(
  context: KubectlContext,
  text: string,
): { readonly kind: KindDefinition; readonly path: readonly string[] } | undefined {
  const parts = text.split('.').filter((part) => part !== '');
  const first = findKind(context, parts[0] ?? '');
  if (first === undefined) return undefined;
  const groups = first.group === '' ? [] : first.group.split('.');
  const qualified = groups.length > 0 && groups.every((part, i) => parts[i + 1] === part);
  return { kind: first, path: parts.slice(qualified ? groups.length + 1 : 1) };
}

function follow(kind: KindDefinition, path: readonly string[]): Place | string {
  let place: Place = { field: undefined, fieldName: '', ownerType: kind.schemaType };
  let typeName: string | undefined = kind.schemaType;
  for (const segment of path) {
    const type: SchemaType | undefined = typeNamed(kind, typeName);
    const field: SchemaField | undefined = type === undefined ? undefined : fieldOf(type, segment);
    if (field === undefined || typeName === undefined) return `field "${segment}" does not exist`;
    place = { field, fieldName: segment, ownerType: typeName };
    typeName = refOf(field);
  }
  return place;
}

/** The type that a field leads to, through lists and maps. */
function refOf(field: SchemaField): string | undefined {
  let inner: SchemaField | undefined = field;
  while (inner?.items !== undefined) inner = inner.items;
  return inner?.ref;
}

/** The type of that name among those that the objects of a kind are made of. */
function typeNamed(kind: KindDefinition, name: string | undefined): SchemaType | undefined {
  const types = schemaOf(kind);
  return name !== undefined && Object.hasOwn(types, name) ? types[name] : undefined;
}

/** The struct that a field holds, itself or as the elements of lists. */
function listedRef(field: SchemaField): string | undefined {
  let inner: SchemaField | undefined = field;
  while (inner?.type === 'list') inner = inner.items;
  return inner?.ref;
}

/** What a definition says of its own types, and the API reference of all others. */
function textAbout(kind: KindDefinition, typeName: string, field: string): string | undefined {
  const isRoot = kind.custom !== undefined && typeName === kind.schemaType;
  const shared = isRoot && OBJECT_FIELDS.has(field) ? describeField('Pod', field) : undefined;
  if (kind.custom === undefined) return describeField(typeName, field);
  return (
    shared ?? kind.custom.describe(typeName, field) ?? (isRoot ? undefined : describeField(typeName, field))
  );
}

function render(kind: KindDefinition, place: Place, recursive: boolean): string {
  const typeName = place.field === undefined ? kind.schemaType : refOf(place.field);
  const type = typeNamed(kind, typeName);
  const lines: string[] = [];
  if (kind.group !== '') lines.push(`GROUP:      ${kind.group}`);
  lines.push(`KIND:       ${kind.kind}`, `VERSION:    ${kind.version}`, '');
  if (place.field !== undefined) lines.push(`FIELD: ${place.fieldName} <${typeText(place.field)}>`, '');
  lines.push('DESCRIPTION:');
  const own = place.field === undefined ? undefined : textAbout(kind, place.ownerType, place.fieldName);
  const general = typeName === undefined ? undefined : textAbout(kind, typeName, '');
  const texts = [own, general].filter((text): text is string => text !== undefined && text !== '');
  for (const text of new Set(texts)) lines.push(...wrap(text, '    '));
  if (texts.length === 0) lines.push('    <empty>');
  lines.push('    ');
  if (type !== undefined && typeName !== undefined) {
    lines.push('FIELDS:');
    lines.push(...(recursive ? tree(kind, type, '  ', 0) : fieldLines(kind, typeName, type)));
  }
  return `${lines.join('\n')}\n\n`;
}

function fieldLines(kind: KindDefinition, typeName: string, type: SchemaType): string[] {
  return Object.keys(type.fields)
    .sort()
    .flatMap((name) => {
      const field = type.fields[name] as SchemaField;
      const required = field.required === true ? ' -required-' : '';
      const text = textAbout(kind, typeName, name) ?? '<no description>';
      return [`  ${name}\t<${typeText(field)}>${required}`, ...wrap(text, '    '), ''];
    })
    .slice(0, -1);
}

function tree(kind: KindDefinition, type: SchemaType, indent: string, depth: number): string[] {
  return Object.keys(type.fields)
    .sort()
    .flatMap((name) => {
      const field = type.fields[name] as SchemaField;
      const inner = typeNamed(kind, listedRef(field));
      const required = field.required === true ? ' -required-' : '';
      const head = `${indent}${name}\t<${typeText(field)}>${required}`;
      return inner === undefined || depth >= MAX_DEPTH
        ? [head]
        : [head, ...tree(kind, inner, `${indent}  `, depth + 1)];
    });
}

/** `string`, `[]Container`, `map[string]string`. */
function typeText(field: SchemaField): string {
  switch (field.type) {
    case 'list':
      return `[]${field.items === undefined ? 'Object' : typeText(field.items)}`;
    case 'map':
      return `map[string]${field.items === undefined ? 'Object' : typeText(field.items)}`;
    case 'ref':
      // The types of a definition have no names of their own.
      if (field.ref === undefined || typeOf(field.ref) === undefined) return 'Object';
      return typeOf(field.ref)?.name ?? field.ref;
    case 'quantity':
      return 'Quantity';
    case 'intOrString':
      return 'IntOrString';
    case 'time':
      return 'Time';
    case 'microTime':
      return 'MicroTime';
    case 'bytes':
      return 'string';
    case 'any':
      return 'Object';
    default:
      return field.type;
  }
}

function wrap(text: string, indent: string): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + word.length + 1 > WIDTH) {
        lines.push(indent + line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(indent + line);
    return lines;
  });
}
