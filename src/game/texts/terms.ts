import type { Json } from '../../apimachinery/json.ts';
import { isObject } from '../../apimachinery/object.ts';
import { shown } from '../issue.ts';
import type { Term } from './phrases.ts';

/** Things that goals often ask for, told apart by path and value: these have words of their own. */
export type KnownTerm =
  | { readonly type: 'ready' | 'available' | 'running' | 'succeeded' }
  | { readonly type: 'readyReplicas' | 'replicas' | 'updated'; readonly value: string }
  | { readonly type: 'onNode'; readonly value: string }
  | { readonly type: 'image'; readonly container: string; readonly value: string }
  | { readonly type: 'label'; readonly key: string; readonly value: string }
  | { readonly type: 'absent' | 'present'; readonly path: string }
  | { readonly type: 'equals'; readonly path: string; readonly value: string }
  | { readonly type: 'expression'; readonly text: string };

/** What a term asks for. */
export function knownTerm(term: Term): KnownTerm {
  if ('expression' in term) return { type: 'expression', text: term.expression };
  const { path } = term;
  const wanted = term.wanted as Json;
  if (wanted === null) return { type: 'absent', path };
  if (isObject(wanted)) return { type: 'present', path };
  const value = typeof wanted === 'string' ? wanted : shown(wanted);
  return byPath(path, value) ?? { type: 'equals', path, value };
}

function byPath(path: string, value: string): KnownTerm | undefined {
  if (path === 'status.conditions[type=Ready].status' && value === 'True') return { type: 'ready' };
  if (path === 'status.conditions[type=Available].status' && value === 'True') return { type: 'available' };
  if (path === 'status.phase' && value === 'Running') return { type: 'running' };
  if (path === 'status.phase' && value === 'Succeeded') return { type: 'succeeded' };
  if (path === 'status.readyReplicas' || path === 'status.numberReady')
    return { type: 'readyReplicas', value };
  if (path === 'spec.replicas' || path === 'status.replicas') return { type: 'replicas', value };
  if (path === 'status.updatedReplicas') return { type: 'updated', value };
  if (path === 'spec.nodeName') return { type: 'onNode', value };
  const container = /containers\[name=([^\]]+)\]\.image$/.exec(path)?.[1];
  if (container !== undefined) return { type: 'image', container, value };
  const label = /^metadata\.labels(?:\.([A-Za-z0-9]+)|\[([^\]]+)\])$/.exec(path);
  if (label !== null) return { type: 'label', key: label[1] ?? label[2] ?? '', value };
  return undefined;
}
