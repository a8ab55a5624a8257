import type { KubeObject } from '../../api/object.ts';
import { isNotFound, type Status } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { describeObject } from '../describe/describe.ts';
import { fail, isFailed } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, FILENAME_FLAGS, namesFiles, SELECTOR_FLAG } from '../flagsets.ts';
import { fetch, infoOf, type ObjectInfo, type Resolved, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';

/** `kubectl describe` (pkg/cmd/describe/describe.go). */
export const describe: Verb = {
  name: 'describe',
  short: 'Show details of a specific resource or group of resources',
  usage: 'kubectl describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  examples: `  # Describe a node
  kubectl describe nodes cargo-1

  # Describe all pods whose names begin with 'web'
  kubectl describe pods web

  # Describe pods by label
  kubectl describe pods -l app=web`,
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    {
      name: 'chunk-size',
      type: 'int',
      default: 500,
      usage: 'Return large lists in chunks rather than all at once',
    },
    {
      name: 'show-events',
      type: 'bool',
      default: true,
      usage: 'If true, display events related to the described object',
    },
  ],
  run: atOnce((context, args) => {
    if (args.args.length === 0 && !namesFiles(args))
      return fail(
        context,
        'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
      );
    const selection = selectionOf(context, args, ['filename', 'selector', 'all-namespaces']);
    const resolved = resolve(context, { ...selection, allowEmptySelector: true });
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const fetched = fetch(context, resolved.infos);
    const prefixed = byPrefix(context, resolved, fetched.errors);
    const infos = prefixed ?? fetched.infos;
    const errors = [...resolved.errors, ...(prefixed === undefined ? fetched.errors : [])];
    const texts = infos.map((info) =>
      describeObject(context, info.kind, info.object, args.bool('show-events')),
    );
    if (texts.length > 0) context.stdio.out(texts.join('\n\n'));
    else if (errors.length === 0) {
      const everywhere = args.bool('all-namespaces') || resolved.listed.some((kind) => !kind.namespaced);
      context.stdio.err(
        everywhere ? 'No resources found\n' : `No resources found in ${selection.namespace} namespace.\n`,
      );
    }
    return fail(context, ...errors);
  }),
};

/** The objects whose names begin with the one name given, where no object has that very name. */
function byPrefix(
  context: KubectlContext,
  resolved: Resolved,
  errors: readonly (Status | string)[],
): readonly ObjectInfo[] | undefined {
  const [info] = resolved.infos;
  const [error] = errors;
  if (
    !resolved.single ||
    info === undefined ||
    error === undefined ||
    typeof error === 'string' ||
    !isNotFound(error)
  )
    return undefined;
  const list = context.client.list<KubeObject>(
    info.kind,
    info.namespace === '' ? {} : { namespace: info.namespace },
  );
  if (!list.ok) return undefined;
  const found = list.value.items.filter((object) => (object.metadata.name ?? '').startsWith(info.name));
  return found.length === 0 ? undefined : found.map((object) => infoOf(info.kind, object));
}
