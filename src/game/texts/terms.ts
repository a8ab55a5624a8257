import type { Json } from '../../apimachinery/json.ts';
import { isObject } from '../../apimachinery/object.ts';
import { shown } from '../issue.ts';
import { shortPath } from '../shortpath.ts';
import type { Term } from './phrases.ts';

/** Things that goals often ask for, told apart by path and value: these have words of their own. */
export type TermType =
  | 'absent'
  | 'available'
  | 'availableReplicas'
  | 'condition'
  | 'cordoned'
  | 'deleting'
  | 'disruption'
  | 'equals'
  | 'headless'
  | 'image'
  | 'label'
  | 'limit'
  | 'noCondition'
  | 'noLabel'
  | 'noOwner'
  | 'nodePort'
  | 'notDeleting'
  | 'notReady'
  | 'onNode'
  | 'owner'
  | 'phase'
  | 'pods'
  | 'port'
  | 'present'
  | 'ready'
  | 'readyReplicas'
  | 'replicas'
  | 'request'
  | 'serviceType'
  | 'targetPort'
  | 'updatedReplicas';

/** A term by what it asks for; `value` and `key` (a label, a resource, a field) are empty where there is none. */
export interface KnownTerm {
  readonly type: TermType;
  readonly value: string;
  readonly key: string;
}

function known(type: TermType, value = '', key = ''): KnownTerm {
  return { type, value, key };
}

/** What a term asks for. */
export function knownTerm({ path, wanted }: Term): KnownTerm {
  const value = wanted as Json;
  if (value === null) return absent(path);
  if (isObject(value)) return present(path);
  const text = typeof value === 'string' ? value : shown(value);
  return byPath(path, text) ?? known('equals', text, shortPath(path));
}

const LABEL = /^metadata\.labels(?:\.([A-Za-z0-9]+)|\[([^\]]+)\])$/;

function absent(path: string): KnownTerm {
  if (path === 'metadata.ownerReferences') return known('noOwner');
  if (path === 'metadata.deletionTimestamp') return known('notDeleting');
  const label = LABEL.exec(path);
  if (label !== null) return known('noLabel', '', label[1] ?? label[2]);
  return known('absent', '', shortPath(path));
}

function present(path: string): KnownTerm {
  if (path === 'metadata.deletionTimestamp') return known('deleting');
  const port = /\bports\[(?:containerPort|port)=([0-9]+)[^\]]*\]$/.exec(path)?.[1];
  if (port !== undefined) return known('port', port);
  const condition = /^status\.conditions\[type=([^\],]+)\]$/.exec(path)?.[1];
  if (condition !== undefined) return known('condition', condition);
  return known('present', '', shortPath(path));
}

/** Fields whose whole path has a word. */
const BY_PATH: ReadonlyMap<string, TermType> = new Map<string, TermType>([
  ['spec.nodeName', 'onNode'],
  ['spec.replicas', 'replicas'],
  ['spec.type', 'serviceType'],
  ['status.availableReplicas', 'availableReplicas'],
  ['status.numberAvailable', 'availableReplicas'],
  ['status.numberReady', 'readyReplicas'],
  ['status.phase', 'phase'],
  ['status.readyReplicas', 'readyReplicas'],
  ['status.replicas', 'pods'],
  ['status.currentNumberScheduled', 'pods'],
  ['status.updatedNumberScheduled', 'updatedReplicas'],
  ['status.updatedReplicas', 'updatedReplicas'],
]);

/** Fields of a list's elements, by the end of their path. */
const BY_END: readonly (readonly [RegExp, TermType])[] = [
  [/\.ownerReferences\[[^\]]*\]\.(?:kind|name)$/, 'owner'],
  [/\.containers\[[^\]]*\]\.image$/, 'image'],
  [/\.ports\[[^\]]*\]\.nodePort$/, 'nodePort'],
  [/\.ports\[[^\]]*\]\.(?:port|containerPort)$/, 'port'],
  [/\.ports\[[^\]]*\]\.targetPort$/, 'targetPort'],
];

function byPath(path: string, value: string): KnownTerm | undefined {
  const type = BY_PATH.get(path) ?? BY_END.find(([end]) => end.test(path))?.[1];
  if (type !== undefined) return known(type, value);
  if (path === 'spec.unschedulable' && value === 'true') return known('cordoned');
  if (path === 'spec.clusterIP' && value === 'None') return known('headless');
  const resource = /\.resources\.(requests|limits)(?:\.([A-Za-z0-9]+)|\[([^\]]+)\])$/.exec(path);
  if (resource !== null) {
    const key = resource[2] ?? resource[3] ?? '';
    return known(resource[1] === 'requests' ? 'request' : 'limit', value, key);
  }
  const label = LABEL.exec(path);
  if (label !== null) return known('label', value, label[1] ?? label[2]);
  const condition = /^status\.conditions\[type=([^\],]+)\]\.(status|reason)$/.exec(path);
  return condition === null ? undefined : conditionTerm(condition[1] ?? '', condition[2] ?? '', value);
}

function conditionTerm(type: string, field: string, value: string): KnownTerm | undefined {
  if (field === 'reason') return type === 'DisruptionTarget' ? known('disruption', value) : undefined;
  if (type === 'Ready' && value === 'True') return known('ready');
  if (type === 'Ready' && value === 'False') return known('notReady');
  if (type === 'Available' && value === 'True') return known('available');
  if (value === 'True') return known('condition', type);
  return value === 'False' ? known('noCondition', type) : undefined;
}

/** What a label selector means where it is one that Kubernetes itself uses. */
export type KnownSelector =
  | { readonly type: 'service'; readonly name: string }
  | { readonly type: 'deploymentPods' }
  | { readonly type: 'labels'; readonly text: string };

export function knownSelector(text: string): KnownSelector {
  const service = /^kubernetes\.io\/service-name=([-a-z0-9]+)$/.exec(text)?.[1];
  if (service !== undefined) return { type: 'service', name: service };
  return text === 'pod-template-hash' ? { type: 'deploymentPods' } : { type: 'labels', text };
}
