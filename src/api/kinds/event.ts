import { type FieldError, invalid, required } from '../../apimachinery/fielderror.ts';
import { byteLength, isDNS1123Subdomain, isQualifiedName } from '../../apimachinery/validation.ts';
import { ageSince } from '../columns.ts';
import type { Event } from '../generated/types.ts';
import { type KindDefinition, withDefaults } from '../kind.ts';
import { nameOf, namespaceOf } from '../object.ts';
import { isPathSegmentName } from '../validation/common.ts';
import { invalidEach } from '../validation/net.ts';

/** How long events are kept: an hour (kube-apiserver --event-ttl), in ms. */
const TTL = 3_600_000;
const NO_OBJECT: Partial<Event> = Object.freeze({ involvedObject: Object.freeze({}) });
const WORD_LIMIT = 128;
const NOTE_LIMIT = 1024;
const MISMATCH = 'does not match event.namespace';

/** pkg/apis/core/validation/events.go legacyValidateEvent. */
function validate(object: Event): readonly FieldError[] {
  const namespace = namespaceOf(object);
  const about = object.involvedObject.namespace ?? '';
  const errors: FieldError[] = [];
  if (object.eventTime === undefined) {
    const agrees = about === '' ? namespace === '' || namespace === 'default' : about === namespace;
    if (!agrees) errors.push(invalid('involvedObject.namespace', about, MISMATCH));
  } else {
    if (about === '' && namespace !== 'default' && namespace !== 'kube-system') {
      errors.push(invalid('involvedObject.namespace', about, MISMATCH));
    }
    errors.push(...validateNewStyle(object));
  }
  errors.push(...invalidEach('namespace', namespace, isDNS1123Subdomain(namespace)));
  return errors;
}

/** What an event with eventTime must have. */
function validateNewStyle(object: Event): readonly FieldError[] {
  const { reportingComponent: controller = '', message = '' } = object;
  const errors: FieldError[] = [];
  if (controller === '') errors.push(required('reportingController'));
  errors.push(...invalidEach('reportingController', controller, isQualifiedName(controller)));
  for (const field of ['reportingInstance', 'action', 'reason'] as const) {
    const text = object[field] ?? '';
    if (text === '') errors.push(required(field));
    if (byteLength(text) > WORD_LIMIT)
      errors.push(invalid(field, '', `can have at most ${WORD_LIMIT} characters`));
  }
  if (byteLength(message) > NOTE_LIMIT) {
    errors.push(invalid('message', '', `can have at most ${NOTE_LIMIT} characters`));
  }
  return errors;
}

function firstSeen(object: Event, now: number): string {
  return ageSince(object.firstTimestamp ?? object.eventTime, now);
}

function lastSeen(object: Event, now: number): string {
  if (object.series !== undefined) return ageSince(object.series.lastObservedTime, now);
  return object.lastTimestamp === undefined ? firstSeen(object, now) : ageSince(object.lastTimestamp, now);
}

/** How often it happened; an event of the new style that happened once has no count. */
function countOf(object: Event): number {
  if (object.series !== undefined) return object.series.count ?? 0;
  return object.count === undefined || object.count === 0 ? 1 : object.count;
}

function involved(object: Event): string {
  const { kind = '', name = '' } = object.involvedObject;
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`;
}

function sourceOf(object: Event): string {
  return object.source?.component || object.reportingComponent || '';
}

function formatSource(object: Event): string {
  const host = object.source?.host || object.reportingInstance || '';
  return host === '' ? sourceOf(object) : `${sourceOf(object)}, ${host}`;
}

/** v1 Event: something that happened to an object, kept for an hour. */
export const event: KindDefinition<Event> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schemaType: 'Event',
  validateName: isPathSegmentName,
  applyDefaults: (object) => withDefaults(object, NO_OBJECT),
  validate,
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  ttl: TTL,
  selectableFields: {
    'involvedObject.apiVersion': (e) => e.involvedObject.apiVersion ?? '',
    'involvedObject.fieldPath': (e) => e.involvedObject.fieldPath ?? '',
    'involvedObject.kind': (e) => e.involvedObject.kind ?? '',
    'involvedObject.name': (e) => e.involvedObject.name ?? '',
    'involvedObject.namespace': (e) => e.involvedObject.namespace ?? '',
    'involvedObject.resourceVersion': (e) => e.involvedObject.resourceVersion ?? '',
    'involvedObject.uid': (e) => e.involvedObject.uid ?? '',
    reason: (e) => e.reason ?? '',
    reportingComponent: (e) => e.reportingComponent ?? '',
    source: sourceOf,
    type: (e) => e.type ?? '',
  },
  columns: [
    { name: 'Last Seen', cell: lastSeen },
    { name: 'Type', cell: (e) => e.type ?? '' },
    { name: 'Reason', cell: (e) => e.reason ?? '' },
    { name: 'Object', cell: involved },
    { name: 'Subobject', wide: true, cell: (e) => e.involvedObject.fieldPath ?? '' },
    { name: 'Source', wide: true, cell: formatSource },
    { name: 'Message', cell: (e) => (e.message ?? '').trim() },
    { name: 'First Seen', wide: true, cell: firstSeen },
    { name: 'Count', wide: true, cell: countOf },
    { name: 'Name', wide: true, cell: nameOf },
  ],
};
