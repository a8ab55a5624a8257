import type { KubeObject } from '../../api/object.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import { isPatchError } from '../../apimachinery/patcherror.ts';
import type { Status } from '../../apimachinery/status.ts';
import { parseManifests, toYaml } from '../../apimachinery/yaml.ts';
import type { KubectlContext } from '../context.ts';
import { nameWithKind } from '../discovery.ts';
import { fail, isFailed, messageOf } from '../errors.ts';
import {
  FILENAME_FLAGS,
  fieldManagerFlag,
  SELECTOR_FLAG,
  unsupported,
  VALIDATE_FLAG,
  validationOf,
} from '../flagsets.ts';
import { twoWayPatch } from '../mergepatches.ts';
import { asJson, printJson, withoutManagedFields } from '../printers/value.ts';
import { patchObject } from '../requests.ts';
import { fetch, type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import type { Waiting } from '../run.ts';
import { subresourceFlag, throughSubresource } from '../subresources.ts';
import type { ParsedArgs, Verb } from '../verb.ts';

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

/** `kubectl edit` (pkg/cmd/util/editor/editoptions.go). */
export const edit: Verb = {
  name: 'edit',
  short: 'Edit a resource on the server',
  usage: 'kubectl edit (RESOURCE/NAME | -f FILENAME)',
  examples: `  # Edit the service named 'web'
  kubectl edit svc/web`,
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-edit'),
    {
      name: 'output',
      shorthand: 'o',
      type: 'string',
      default: 'yaml',
      usage: 'Output format. One of: (json, yaml)',
    },
    { name: 'output-patch', type: 'bool', usage: 'Output the patch if the resource is edited' },
    { name: 'save-config', type: 'bool', usage: 'Save the configuration in the annotation (not supported)' },
    { name: 'show-managed-fields', type: 'bool', usage: 'If true, keep the managedFields' },
    subresourceFlag('edit'),
    {
      name: 'windows-line-endings',
      type: 'bool',
      usage: 'Defaults to the line ending native to your platform (not supported)',
    },
  ],
  *run(context, args) {
    const refused = unsupported(args, ['save-config', 'windows-line-endings']);
    if (refused !== undefined) return fail(context, refused);
    const validation = validationOf(args);
    if ('failure' in validation) return fail(context, validation.failure);
    const output = args.string('output');
    if (output !== 'yaml' && output !== 'json')
      return fail(context, `The flag 'output' must be one of yaml|json`);
    const resolved = resolve(context, {
      ...selectionOf(context, args, ['filename', 'selector']),
      allowEmptySelector: true,
    });
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const fetched = fetch(context, resolved.infos);
    const { infos, errors } = throughSubresource(context, fetched.infos, args.string('subresource'));
    const refusals = [...resolved.errors, ...fetched.errors, ...errors];
    if (refusals.length > 0) return fail(context, ...refusals);
    for (const info of infos) {
      const code = yield* editOne(context, args, info, validation.fieldValidation);
      if (code !== 0) return code;
    }
    return 0;
  },
};

/** Opens the editor until the object can be saved, or the player gives up. */
function* editOne(
  context: KubectlContext,
  args: ParsedArgs,
  info: ObjectInfo,
  fieldValidation: 'Strict' | 'Warn' | 'Ignore',
): Waiting<number> {
  const json = args.string('output') === 'json';
  const shown = args.bool('show-managed-fields') ? info.object : withoutManagedFields(info.object);
  const original = json ? `${printJson(asJson(shown))}\n` : toYaml(asJson(shown));
  let body = original;
  let notes = '';
  const fileName = `${info.kind.singular}-${info.name}.${json ? 'json' : 'yaml'}`;
  for (;;) {
    const before = HEADER + notes + body;
    const answer = yield { type: 'editor', fileName, text: before };
    const text = answer.type === 'edited' ? answer.text : undefined;
    const edited = text === undefined ? body : withoutComments(text);
    if (edited.trim() === '') {
      context.stdio.out('Edit cancelled, saved file was empty.\n');
      return 0;
    }
    if (edited === body) {
      if (notes !== '') return fail(context, 'Edit cancelled, no valid changes were saved.');
      context.stdio.out('Edit cancelled, no changes made.\n');
      return 0;
    }
    const saved = save(context, args, info, shown, edited, fieldValidation);
    if (saved === 'saved') return 0;
    if (saved === 'unchanged') {
      context.stdio.out('Edit cancelled, no changes made.\n');
      return 0;
    }
    context.stdio.err(`${messageOf(saved, context.config.server)}\n`);
    notes = notesOf(info, saved, context.config.server);
    body = edited;
  }
}

/** Lines that begin with `#` are not part of the object. */
function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}

function save(
  context: KubectlContext,
  args: ParsedArgs,
  info: ObjectInfo,
  original: KubeObject,
  text: string,
  fieldValidation: 'Strict' | 'Warn' | 'Ignore',
): 'saved' | 'unchanged' | Status | string {
  const { docs, errors } = parseManifests(text);
  const [error] = errors;
  if (error !== undefined) return `The edited file had a syntax error: ${error.message}`;
  const value = docs[0]?.value;
  if (docs.length !== 1 || typeof value !== 'object' || value === null || Array.isArray(value))
    return 'The edited file had a syntax error: it must hold one object';
  const next = value as unknown as KubeObject;
  if (next.kind !== info.object.kind || next.apiVersion !== info.object.apiVersion)
    return 'At least one of apiVersion, kind and name was changed';
  if (next.metadata?.name !== info.name || (next.metadata?.namespace ?? '') !== info.namespace)
    return 'At least one of apiVersion, kind and name was changed';
  if (deepEqual(asJson(next), asJson(original))) return 'unchanged';
  const difference = twoWayPatch(info.kind, original, next, schemaTypeOf(info));
  if (isPatchError(difference)) return difference.error;
  const { type, patch } = difference;
  const subresource = args.string('subresource');
  const patched = patchObject(context, info.kind, info.namespace, info.name, type, patch, {
    fieldManager: args.string('field-manager'),
    fieldValidation,
    ...(subresource === '' ? {} : { subresource }),
  });
  if (isFailed(patched)) return patched.failure;
  if (args.bool('output-patch')) context.stdio.out(`Patch: ${printJson(patch)}\n`);
  context.stdio.out(`${nameWithKind(info.kind, info.name)} edited\n`);
  return 'saved';
}

/** What `deployments/scale` shows is no Deployment. */
function schemaTypeOf({ kind, object }: ObjectInfo): string {
  return object.kind === kind.kind ? kind.schemaType : object.kind;
}

/** What the reopened file says about the refusal. */
function notesOf(info: ObjectInfo, refusal: Status | string, server: string): string {
  const resource = info.kind.group === '' ? info.kind.plural : `${info.kind.plural}.${info.kind.group}`;
  if (typeof refusal !== 'string' && refusal.reason === 'Invalid') {
    const causes = refusal.details?.causes ?? [];
    const lines = causes.map((cause) => `# * ${cause.field ?? ''}: ${cause.message ?? ''}\n`).join('');
    return `# ${resource} "${info.name}" was not valid:\n${lines}#\n`;
  }
  const text = messageOf(refusal, server);
  return `${text
    .split('\n')
    .map((line) => `# ${line}\n`)
    .join('')}#\n`;
}
