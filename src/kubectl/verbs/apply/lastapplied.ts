import type { KubeObject } from '../../../api/object.ts';
import { deepEqual } from '../../../apimachinery/equal.ts';
import type { Json, JsonObject } from '../../../apimachinery/json.ts';
import { isObject } from '../../../apimachinery/object.ts';
import type { Status } from '../../../apimachinery/status.ts';
import { parseManifests, toYaml } from '../../../apimachinery/yaml.ts';
import type { KubectlContext } from '../../context.ts';
import { nameWithKind } from '../../discovery.ts';
import { fail, isFailed, messageOf } from '../../errors.ts';
import {
  DRY_RUN_FLAG,
  dryRunOf,
  dryRunSuffix,
  FILENAME_FLAGS,
  fieldManagerFlag,
  namesFiles,
  PRINT_FLAGS,
  SELECTOR_FLAG,
} from '../../flagsets.ts';
import { LAST_APPLIED, lastApplied, withLastApplied } from '../../lastapplied.ts';
import { resultPrinter } from '../../printers/output.ts';
import { asJson, printJson } from '../../printers/value.ts';
import { getObject, patchObject } from '../../requests.ts';
import { fetch, type ObjectInfo, resolve, selectionOf } from '../../resources.ts';
import { atOnce, type Waiting } from '../../run.ts';
import type { ParsedArgs, Verb } from '../../verb.ts';

const OUTPUT = {
  name: 'output',
  shorthand: 'o',
  type: 'string',
  default: 'yaml',
  usage: 'Output format. Must be one of (yaml, json)',
} as const;
const ALL = {
  name: 'all',
  type: 'bool',
  usage: 'Select all resources in the namespace of the specified resource types',
} as const;
const MANAGER = 'kubectl-last-applied';

function missing(name: string): string {
  return `no last-applied-configuration annotation found on resource: ${name}`;
}

/** A configuration as `-o` asks for it; undefined where it asks for something else. */
function shown(value: Json, output: string): string | undefined {
  if (output === 'yaml') return toYaml(value);
  return output === 'json' ? `${printJson(value)}\n` : undefined;
}

export const viewLastApplied: Verb = {
  name: 'view-last-applied',
  short: 'View the latest last-applied-configuration annotations of a resource/object',
  usage: 'kubectl apply view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  flags: [...FILENAME_FLAGS, SELECTOR_FLAG, ALL, OUTPUT],
  run: atOnce((context, args) => {
    const output = args.string('output');
    if (output !== 'yaml' && output !== 'json')
      return fail(
        context,
        `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`,
      );
    const resolved = resolve(context, selectionOf(context, args, ['filename', 'selector', 'all']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const { infos, errors } = fetch(context, resolved.infos);
    for (const info of infos) {
      const applied = lastApplied(info.object);
      if (applied === undefined) return fail(context, missing(info.name));
      context.stdio.out(shown(applied, output) ?? '');
    }
    return fail(context, ...resolved.errors, ...errors);
  }),
};

/** `kubectl apply set-last-applied` (pkg/cmd/apply/apply_set_last_applied.go): the annotation of a file, and nothing else. */
export const setLastApplied: Verb = {
  name: 'set-last-applied',
  short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  usage: 'kubectl apply set-last-applied -f FILENAME',
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    {
      name: 'create-annotation',
      type: 'bool',
      usage: "Will create 'last-applied-configuration' annotations if current objects doesn't have one",
    },
  ],
  run: atOnce((context, args) => {
    if (!namesFiles(args)) return fail(context, 'must specify one of -f and -k');
    const dry = dryRunOf(args);
    if ('failure' in dry) return fail(context, dry.failure);
    const printer = resultPrinter(context, args);
    if (isFailed(printer)) return fail(context, printer.failure);
    const resolved = resolve(context, selectionOf(context, args, ['filename']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const errors: (Status | string)[] = [...resolved.errors];
    for (const info of resolved.infos as readonly ObjectInfo[]) {
      const live = getObject(context, info.kind, info.namespace, info.name);
      if (isFailed(live)) return fail(context, ...errors, live.failure);
      const before = live.object.metadata.annotations?.[LAST_APPLIED];
      if (before === undefined && !args.bool('create-annotation'))
        return fail(
          context,
          `${missing(info.name)}, to create the annotation, run the command with --create-annotation`,
        );
      const text = withLastApplied(info.object).metadata.annotations?.[LAST_APPLIED] ?? '';
      if (before?.trim() === text.trim()) {
        context.stdio.out(`set-last-applied ${info.name}: no changes required.\n`);
        continue;
      }
      const written = dry.dryRun === 'client' ? live : annotate(context, info, text, dry.dryRun === 'server');
      if (isFailed(written)) errors.push(written.failure);
      else {
        const problem = printer.print(info.kind, written.object, `configured${dryRunSuffix(dry.dryRun)}`);
        if (problem !== undefined) errors.push(problem);
      }
    }
    return fail(context, ...errors);
  }),
};

function annotate(
  context: KubectlContext,
  { kind, namespace, name }: Omit<ObjectInfo, 'object'>,
  text: string,
  dryRun = false,
): ReturnType<typeof patchObject> {
  const patch = { metadata: { annotations: { [LAST_APPLIED]: text } } };
  return patchObject(context, kind, namespace, name, 'merge', patch, {
    fieldManager: MANAGER,
    ...(dryRun ? { dryRun: true } : {}),
  });
}

const HEADER = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`;

/** `kubectl apply edit-last-applied` (pkg/cmd/apply/apply_edit_last_applied.go). */
export const editLastApplied: Verb = {
  name: 'edit-last-applied',
  short: 'Edit latest last-applied-configuration annotations of a resource/object',
  usage: 'kubectl apply edit-last-applied (RESOURCE/NAME | -f FILENAME)',
  flags: [...FILENAME_FLAGS, OUTPUT, fieldManagerFlag('kubectl-client-side-apply')],
  *run(context, args) {
    const output = args.string('output');
    if (output !== 'yaml' && output !== 'json')
      return fail(context, "The flag 'output' must be one of yaml|json");
    const resolved = resolve(context, selectionOf(context, args, ['filename']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const { infos, errors } = fetch(context, resolved.infos);
    if (errors.length > 0 || resolved.errors.length > 0) return fail(context, ...resolved.errors, ...errors);
    for (const info of infos) {
      const code = yield* editOne(context, args, info);
      if (code !== 0) return code;
    }
    return 0;
  },
};

function* editOne(context: KubectlContext, args: ParsedArgs, info: ObjectInfo): Waiting<number> {
  const applied = lastApplied(info.object);
  if (applied === undefined) return fail(context, missing(info.name));
  const output = args.string('output');
  let body = shown(applied, output) ?? '';
  let notes = '';
  for (;;) {
    const fileName = `${info.kind.singular}-${info.name}-last-applied.${output}`;
    const answer = yield { type: 'editor', fileName, text: HEADER + notes + body };
    const text = answer.type === 'edited' ? answer.text : undefined;
    const edited = (text ?? body)
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n');
    if (edited.trim() === '') {
      context.stdio.out('Edit cancelled, saved file was empty.\n');
      return 0;
    }
    const value = configurationOf(edited);
    if (text === undefined || (typeof value !== 'string' && deepEqual(value, applied))) {
      context.stdio.out('Edit cancelled, no changes made.\n');
      return 0;
    }
    if (typeof value === 'string') {
      context.stdio.err(`${messageOf(value, context.config.server)}\n`);
      notes = `# ${value}\n#\n`;
      body = edited;
      continue;
    }
    const next = withLastApplied(value as unknown as KubeObject);
    const written = annotate(context, info, next.metadata.annotations?.[LAST_APPLIED] ?? '');
    if (isFailed(written)) return fail(context, written.failure);
    context.stdio.out(`${nameWithKind(info.kind, info.name)} edited\n`);
    return 0;
  }
}

/** The one object of a text, or what is wrong with it. */
function configurationOf(text: string): JsonObject | string {
  const { docs, errors } = parseManifests(text);
  if (errors[0] !== undefined) return `The edited file had a syntax error: ${errors[0].message}`;
  const value = docs[0]?.value;
  if (docs.length !== 1 || !isObject(value) || !isObject(asJson(value as unknown as KubeObject).metadata))
    return 'The edited file had a syntax error: it must hold one object';
  return value;
}
