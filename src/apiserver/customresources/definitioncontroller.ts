import { conditionOf, isConditionTrue, withCondition } from '../../api/customresources/conditions.ts';
import { approvalOf, isProtectedGroup } from '../../api/customresources/definitionvalidation.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionStatus,
} from '../../api/generated/types.ts';
import { customResourceDefinition } from '../../api/kinds/customresourcedefinition.ts';
import { withoutFinalizer } from '../../api/object.ts';
import type { ApiResponse, UserInfo } from '../../api/request.ts';
import { semanticEqual } from '../../apimachinery/equal.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { ProcessTimer } from '../../sim/process.ts';
import type { Backend } from '../context.ts';
import { CLEANUP_FINALIZER } from '../hooks/customresourcedefinition.ts';

/** How long a server's own controllers take to hear of a change, ms. */
const LATENCY_MS = 3;
/** What was refused, or waits for something, is tried again after so long, ms. */
const RETRY_MS = 5_000;
const LOOPBACK: UserInfo = Object.freeze({
  name: 'system:apiserver',
  groups: Object.freeze(['system:masters']),
});

type Condition = CustomResourceDefinitionCondition & Parameters<typeof withCondition>[1];

/**
 * The controllers of definitions, which run inside the API server: they accept names, establish what is
 * accepted, and remove the objects of what is deleted (apiextensions-apiserver
 * pkg/controller/{status,establish,apiapproval,finalizer}).
 */
export class DefinitionController {
  readonly #server: Backend;
  #queued = false;
  #retry: ProcessTimer | undefined;

  constructor(server: Backend) {
    this.#server = server;
  }

  /** Looks at all definitions soon. */
  wake(): void {
    if (this.#queued) return;
    this.#queued = true;
    this.#server.process.after(LATENCY_MS, () => {
      this.#queued = false;
      this.#syncAll();
    });
  }

  #retryLater(): void {
    this.#retry ??= this.#server.process.after(RETRY_MS, () => {
      this.#retry = undefined;
      this.#syncAll();
    });
  }

  #syncAll(): void {
    const definitions = [...this.#server.objects(customResourceDefinition)];
    definitions.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
    // A write is heard of like any other, and leads to the next step.
    if (!definitions.every((definition) => this.#sync(definition))) this.#retryLater();
  }

  /** One step of one definition; false when it has to be tried again without having changed. */
  #sync(definition: CustomResourceDefinition): boolean {
    const { deletionTimestamp, finalizers = [] } = definition.metadata;
    if (deletionTimestamp !== undefined && finalizers.includes(CLEANUP_FINALIZER))
      return this.#finalize(definition);
    const next = this.#named(definition) ?? this.#judged(definition) ?? this.#established(definition);
    return next === undefined || this.#write(definition, next).ok;
  }

  get #now(): string {
    return formatTime(this.#server.process.wallTime());
  }

  /** The names that others do not have, and whether these are all that were asked for (naming_controller.go). */
  #named(definition: CustomResourceDefinition): CustomResourceDefinitionStatus | undefined {
    const { spec, status = {} } = definition;
    if (semanticEqual(spec.names, status.acceptedNames)) return undefined;
    const { names, conflict } = acceptedNames(definition, this.#server.objects(customResourceDefinition));
    const named: Condition =
      conflict === undefined
        ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
        : { type: 'NamesAccepted', status: 'False', ...conflict };
    const before = conditionOf(definition, 'NamesAccepted');
    const same =
      before?.status === named.status && before.reason === named.reason && before.message === named.message;
    if (same && semanticEqual(names, status.acceptedNames)) return undefined;
    const established = conditionOf(definition, 'Established');
    const next = withCondition({ ...status, acceptedNames: names }, named, this.#now);
    if (established?.status === 'True') return next;
    const waiting: Condition =
      named.status === 'True'
        ? {
            type: 'Established',
            status: 'False',
            reason: 'Installing',
            message: 'the initial names have been accepted',
          }
        : {
            type: 'Established',
            status: 'False',
            reason: 'NotAccepted',
            message: 'not all names are accepted',
          };
    return withCondition(next, waiting, this.#now);
  }

  /** Whether somebody agreed to a kind in a group of the community's (apiapproval_controller.go). */
  #judged(definition: CustomResourceDefinition): CustomResourceDefinitionStatus | undefined {
    if (!isProtectedGroup(definition.spec.group)) return undefined;
    const { approved, reason, message } = approvalOf(definition);
    const type = 'KubernetesAPIApprovalPolicyConformant';
    const status = approved ? 'True' : 'False';
    const before = conditionOf(definition, type);
    if (before?.status === status && before.reason === reason && before.message === message) return undefined;
    return withCondition(definition.status ?? {}, { type, status, reason, message }, this.#now);
  }

  /** establishing_controller.go. */
  #established(definition: CustomResourceDefinition): CustomResourceDefinitionStatus | undefined {
    if (!isConditionTrue(definition, 'NamesAccepted') || isConditionTrue(definition, 'Established'))
      return undefined;
    const message = 'the initial names have been accepted';
    return withCondition(
      definition.status ?? {},
      { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message },
      this.#now,
    );
  }

  /** Deletes every object of the kind, and lets the definition go when they are gone (crd_finalizer.go). */
  #finalize(definition: CustomResourceDefinition): boolean {
    const terminating = conditionOf(definition, 'Terminating');
    if (terminating?.reason === 'InstanceDeletionPending') {
      const message = 'CustomResource deletion is in progress';
      return this.#write(
        definition,
        withCondition(
          definition.status ?? {},
          { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message },
          this.#now,
        ),
      ).ok;
    }
    const never = !isConditionTrue(definition, 'Established');
    if (!never && !this.#empty(definition)) return false;
    const done: Condition = never
      ? {
          type: 'Terminating',
          status: 'False',
          reason: 'NeverEstablished',
          message: 'resource was never established',
        }
      : {
          type: 'Terminating',
          status: 'False',
          reason: 'InstanceDeletionCompleted',
          message: 'removed all instances',
        };
    const status = withCondition(definition.status ?? {}, done, this.#now);
    const metadata = withoutFinalizer(definition.metadata, CLEANUP_FINALIZER);
    return this.#write({ ...definition, metadata }, status).ok;
  }

  /** Deletes the objects of a kind; whether none is left. */
  #empty(definition: CustomResourceDefinition): boolean {
    const { group, names } = definition.spec;
    const resource = this.#server.resource(group, names.plural);
    if (resource === undefined) return true;
    const namespaces = new Set([...resource.cache.all()].map(({ metadata }) => metadata.namespace ?? ''));
    for (const namespace of [...namespaces].sort())
      this.#server.handle({
        verb: 'deletecollection',
        group,
        resource: names.plural,
        namespace,
        user: LOOPBACK,
        cause: { component: 'crd-finalizer', trigger: Number(definition.metadata.resourceVersion ?? 0) },
        decoded: true,
      });
    return resource.cache.size === 0;
  }

  #write(definition: CustomResourceDefinition, status: CustomResourceDefinitionStatus): ApiResponse {
    return this.#server.handle({
      verb: 'update',
      group: customResourceDefinition.group,
      resource: customResourceDefinition.plural,
      subresource: 'status',
      name: definition.metadata.name ?? '',
      user: LOOPBACK,
      cause: { component: 'crd-controller', trigger: Number(definition.metadata.resourceVersion ?? 0) },
      body: { ...definition, status },
      decoded: true,
    });
  }
}

/** The names that a definition may have: those it asks for, but for those that others in its group have. */
function acceptedNames(
  definition: CustomResourceDefinition,
  all: Iterable<CustomResourceDefinition>,
): {
  readonly names: CustomResourceDefinitionNames;
  readonly conflict: { readonly reason: string; readonly message: string } | undefined;
} {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { metadata, spec, status } of all) {
    const names = status?.acceptedNames;
    if (
      spec.group !== definition.spec.group ||
      metadata.name === definition.metadata.name ||
      names === undefined
    )
      continue;
    for (const name of [names.plural, names.singular ?? '', ...(names.shortNames ?? [])]) resources.add(name);
    for (const name of [names.kind, names.listKind ?? '']) kinds.add(name);
  }
  const wanted = definition.spec.names;
  const old: Partial<CustomResourceDefinitionNames> = definition.status?.acceptedNames ?? {};
  let conflict: { reason: string; message: string } | undefined;
  const take = (
    name: keyof CustomResourceDefinitionNames,
    reason: string,
    taken: ReadonlySet<string>,
  ): object => {
    const asked = wanted[name];
    const list = typeof asked === 'string' ? [asked] : (asked ?? []);
    const clashes = list
      .filter((each) => taken.has(each))
      .map((each) => `${goQuote(each)} is already in use`);
    if (clashes.length === 0) return asked === undefined ? {} : { [name]: asked };
    conflict = { reason, message: clashes.length === 1 ? (clashes[0] ?? '') : `[${clashes.join(', ')}]` };
    return old[name] === undefined ? {} : { [name]: old[name] };
  };
  const names = {
    plural: '',
    kind: '',
    ...take('plural', 'PluralConflict', resources),
    ...take('singular', 'SingularConflict', resources),
    ...take('shortNames', 'ShortNamesConflict', resources),
    ...take('kind', 'KindConflict', kinds),
    ...take('listKind', 'ListKindConflict', kinds),
    ...(wanted.categories === undefined ? {} : { categories: wanted.categories }),
  };
  return { names, conflict };
}
