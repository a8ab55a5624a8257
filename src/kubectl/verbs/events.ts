import type { Event } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KubectlContext } from '../context.ts';
import { interval, lastSeen } from '../describe/events.ts';
import { builtin, kindFor } from '../discovery.ts';
import { type Failure, fail, failure, isFailed } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, namespaceFor, PRINT_FLAGS } from '../flagsets.ts';
import { printerFor } from '../printers/output.ts';
import { TABLE_LAYOUT, TabWriter } from '../printers/tabwriter.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { watchEvents } from '../watching.ts';

/** `kubectl events` (pkg/cmd/events/events.go). */
export const events: Verb = {
  name: 'events',
  short: 'List events',
  usage:
    'kubectl events [(-o|--output=)json|yaml|name|jsonpath=...] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  examples: `  # List recent events in the default namespace
  kubectl events

  # List events of a pod, then wait for more
  kubectl events --for pod/web --watch

  # List only warnings
  kubectl events --types=Warning`,
  flags: [
    ...PRINT_FLAGS,
    ALL_NAMESPACES_FLAG,
    {
      name: 'chunk-size',
      type: 'int',
      default: 500,
      usage: 'Return large lists in chunks rather than all at once',
    },
    {
      name: 'for',
      type: 'string',
      usage: 'Filter events to only those pertaining to the specified resource',
    },
    { name: 'no-headers', type: 'bool', usage: "When using the default output format, don't print headers" },
    { name: 'types', type: 'strings', usage: 'Output only events of given types' },
    {
      name: 'watch',
      shorthand: 'w',
      type: 'bool',
      usage: 'After listing the requested events, watch for more events',
    },
  ],
  *run(context, args) {
    const printer = printerFor(context, args);
    if (printer !== undefined && isFailed(printer)) return fail(context, printer.failure);
    const bad = args.strings('types').find((type) => !['normal', 'warning'].includes(type.toLowerCase()));
    if (bad !== undefined) return fail(context, 'valid --types are Normal or Warning');
    const about = args.string('for') === '' ? undefined : readFor(context, args.string('for'));
    if (about !== undefined && 'failure' in about) return fail(context, about.failure);
    const everywhere = args.bool('all-namespaces');
    const namespace = namespaceFor(context, args);
    const options = everywhere ? {} : { namespace };
    const list = context.client.list<KubeObject>(builtin('events'), options);
    if (!list.ok) return fail(context, list.status);
    const wanted = (event: Event): boolean => isWanted(event, args, about);
    const found = (list.value.items as unknown as readonly Event[])
      .filter(wanted)
      .sort((a, b) => lastSeen(a) - lastSeen(b));
    const table = new EventTable(everywhere, args.bool('no-headers'));
    const print = (shown: readonly Event[], asList: boolean): void => {
      if (printer === undefined) context.stdio.out(table.print(shown, context.now()));
      else {
        const text = printer.print(
          shown.map((object) => ({ kind: builtin('events'), object: object as KubeObject })),
          asList,
        );
        context.stdio.out(typeof text === 'string' ? text : '');
      }
    };
    if (found.length === 0 && !args.bool('watch')) {
      context.stdio.err(everywhere ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`);
      return 0;
    }
    if (found.length > 0) print(found, true);
    if (!args.bool('watch')) return 0;
    const from = { ...options, resourceVersion: list.value.resourceVersion };
    yield* watchEvents(context, builtin('events'), from, undefined, ({ type, object }) => {
      const event = object as unknown as Event;
      if (type !== 'DELETED' && wanted(event)) print([event], false);
      return undefined;
    });
    return 0;
  },
};

interface About {
  readonly kind: string;
  readonly name: string;
}

function readFor(context: KubectlContext, text: string): About | Failure {
  const parts = text.split('/');
  const [type = '', name = ''] = parts;
  if (parts.length !== 2 || type === '' || name === '') return failure('--for must be in resource/name form');
  const kind = kindFor(context, type);
  return isFailed(kind) ? kind : { kind: kind.kind.kind, name };
}

function isWanted(event: Event, args: ParsedArgs, about: About | undefined): boolean {
  const types = args.strings('types').map((type) => type.toLowerCase());
  if (types.length > 0 && !types.includes((event.type ?? '').toLowerCase())) return false;
  if (about === undefined) return true;
  return event.involvedObject.kind === about.kind && event.involvedObject.name === about.name;
}

/** The table of `kubectl events`: LAST SEEN tells also how often. */
class EventTable {
  readonly #writer = new TabWriter(TABLE_LAYOUT, true);
  readonly #withNamespace: boolean;
  #headerDone: boolean;

  constructor(withNamespace: boolean, noHeaders: boolean) {
    this.#withNamespace = withNamespace;
    this.#headerDone = noHeaders;
  }

  print(events: readonly Event[], now: number): string {
    const namespace = (text: string): string => (this.#withNamespace ? `${text}\t` : '');
    if (!this.#headerDone)
      this.#writer.write(`${namespace('NAMESPACE')}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`);
    this.#headerDone = true;
    for (const event of events) {
      const object = `${event.involvedObject.kind ?? ''}/${event.involvedObject.name ?? ''}`;
      const cells = [
        interval(event, now),
        event.type ?? '',
        event.reason ?? '',
        object,
        (event.message ?? '').trim(),
      ];
      this.#writer.write(`${namespace(event.metadata.namespace ?? '')}${cells.join('\t')}\n`);
    }
    return this.#writer.flush();
  }
}
