import type { Json } from '../../apimachinery/json.ts';
import { isObject } from '../../apimachinery/object.ts';
import { shown } from '../issue.ts';
import { shortPath } from '../shortpath.ts';
import type { Term } from './phrases.ts';

/** Things that goals often ask for, told apart by path and value: these have words of their own. */
export type KnownTerm =
  | {
      readonly type:
        | 'ready'
        | 'notReady'
        | 'available'
        | 'deleting'
        | 'notDeleting'
        | 'noOwner'
        | 'cordoned'
        | 'headless';
    }
  | {
      readonly type:
        | 'phase'
        | 'replicas'
        | 'pods'
        | 'readyReplicas'
        | 'availableReplicas'
        | 'updatedReplicas'
        | 'onNode'
        | 'image'
        | 'owner'
        | 'condition'
        | 'noCondition'
        | 'disruption'
        | 'serviceType'
        | 'nodePort'
        | 'port'
        | 'targetPort'
        | 'noLabel';
      readonly value: string;
    }
  | { readonly type: 'label' | 'request' | 'limit'; readonly key: string; readonly value: string }
  | { readonly type: 'absent' | 'present'; readonly path: string }
  | { readonly type: 'equals'; readonly path: string; readonly value: string };

/** What a term asks for. */
export function knownTerm({ path, wanted }: Term): KnownTerm {
  const value = wanted as Json;
  if (value === null) return absent(path);
  if (isObject(value)) return present(path);
  const text = typeof value === 'string' ? value : shown(value);
  return byPath(path, text) ?? { type: 'equals', path: shortPath(path), value: text };
}

const LABEL = /^metadata\.labels(?:\.([A-Za-z0-9]+)|\[([^\]]+)\])$/;

function absent(path: string): KnownTerm {
  if (path === 'metadata.ownerReferences') return { type: 'noOwner' };
  if (path === 'metadata.deletionTimestamp') return { type: 'notDeleting' };
  const label = LABEL.exec(path);
  if (label !== null) return { type: 'noLabel', value: label[1] ?? label[2] ?? '' };
  return { type: 'absent', path: shortPath(path) };
}

function present(path: string): KnownTerm {
  if (path === 'metadata.deletionTimestamp') return { type: 'deleting' };
  const port = /\bports\[(?:containerPort|port)=([0-9]+)[^\]]*\]$/.exec(path)?.[1];
  if (port !== undefined) return { type: 'port', value: port };
  const condition = /^status\.conditions\[type=([^\],]+)\]$/.exec(path)?.[1];
  if (condition !== undefined) return { type: 'condition', value: condition };
  return { type: 'present', path: shortPath(path) };
}

type Valued = Extract<KnownTerm, { readonly type: 'phase' }>['type'];

/** Fields whose whole path has a word. */
const BY_PATH: ReadonlyMap<string, Valued> = new Map<string, Valued>([
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
const BY_END: readonly (readonly [RegExp, Valued])[] = [
  [/\.ownerReferences\[[^\]]*\]\.(?:kind|name)$/, 'owner'],
  [/\.containers\[[^\]]*\]\.image$/, 'image'],
  [/\.ports\[[^\]]*\]\.nodePort$/, 'nodePort'],
  [/\.ports\[[^\]]*\]\.(?:port|containerPort)$/, 'port'],
  [/\.ports\[[^\]]*\]\.targetPort$/, 'targetPort'],
];

function byPath(path: string, value: string): KnownTerm | undefined {
  const type = BY_PATH.get(path) ?? BY_END.find(([end]) => end.test(path))?.[1];
  if (type !== undefined) return { type, value };
  if (path === 'spec.unschedulable' && value === 'true') return { type: 'cordoned' };
  if (path === 'spec.clusterIP' && value === 'None') return { type: 'headless' };
  const resource = /\.resources\.(requests|limits)(?:\.([A-Za-z0-9]+)|\[([^\]]+)\])$/.exec(path);
  if (resource !== null) {
    const key = resource[2] ?? resource[3] ?? '';
    return { type: resource[1] === 'requests' ? 'request' : 'limit', key, value };
  }
  const label = LABEL.exec(path);
  if (label !== null) return { type: 'label', key: label[1] ?? label[2] ?? '', value };
  const condition = /^status\.conditions\[type=([^\],]+)\]\.(status|reason)$/.exec(path);
  return condition === null ? undefined : conditionTerm(condition[1] ?? '', condition[2] ?? '', value);
}

function conditionTerm(type: string, field: string, value: string): KnownTerm | undefined {
  if (field === 'reason')
    return type === 'DisruptionTarget' ? { type: 'disruption', value } : undefined;
  if (type === 'Ready' && value === 'True') return { type: 'ready' };
  if (type === 'Ready' && value === 'False') return { type: 'notReady' };
  if (type === 'Available' && value === 'True') return { type: 'available' };
  if (value === 'True') return { type: 'condition', value: type };
  return value === 'False' ? { type: 'noCondition', value: type } : undefined;
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
