import type { Container, Pod, ResourceFieldSelector } from '../api/generated/types.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { milliOf } from '../apimachinery/quantity.ts';

/** What the downward API knows of a pod beyond its object. */
export interface PodFacts {
  readonly pod: Pod;
  readonly nodeName: string;
  readonly hostIPs: readonly string[];
  readonly podIPs: readonly string[];
  readonly allocatable: Readonly<Record<string, string>>;
}

export type Text =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: string };

const SUBSCRIPT = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/;

/** The value of a `fieldRef` (pkg/fieldpath and kubelet podFieldSelectorRuntimeValue). */
export function fieldValue(facts: PodFacts, path: string): Text {
  const { metadata, spec } = facts.pod;
  const subscript = SUBSCRIPT.exec(path);
  if (subscript !== null) {
    const map = subscript[1] === 'metadata.labels' ? metadata.labels : metadata.annotations;
    return text(Object.hasOwn(map ?? {}, subscript[2] ?? '') ? map?.[subscript[2] ?? ''] : '');
  }
  switch (path) {
    case 'metadata.name':
      return text(metadata.name);
    case 'metadata.namespace':
      return text(metadata.namespace);
    case 'metadata.uid':
      return text(metadata.uid);
    case 'metadata.labels':
      return text(formatMap(metadata.labels));
    case 'metadata.annotations':
      return text(formatMap(metadata.annotations));
    case 'spec.nodeName':
      return text(spec.nodeName ?? facts.nodeName);
    case 'spec.serviceAccountName':
      return text(spec.serviceAccountName);
    case 'status.hostIP':
      return text(facts.hostIPs[0]);
    case 'status.hostIPs':
      return text(facts.hostIPs.join(','));
    case 'status.podIP':
      return text(facts.podIPs[0]);
    case 'status.podIPs':
      return text(facts.podIPs.join(','));
    default:
      return { ok: false, error: `unsupported fieldPath: ${path}` };
  }
}

function text(value: string | undefined): Text {
  return { ok: true, text: value ?? '' };
}

/** `key="value"` a line, sorted by key. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${goQuote(map?.[key] ?? '')}`)
    .join('\n');
}

/** The value of a `resourceFieldRef`; limits that are not set are the node's allocatable (pkg/api/v1/resource). */
export function resourceValue(facts: PodFacts, container: Container, selector: ResourceFieldSelector): Text {
  const [which, name] = splitResource(selector.resource);
  if (name === '' || (which !== 'limits' && which !== 'requests'))
    return { ok: false, error: `unsupported container resource : ${selector.resource}` };
  const given =
    container.resources?.[which]?.[name] ?? (which === 'limits' ? facts.allocatable[name] : undefined);
  const divisor = milliOf(selector.divisor ?? '1') || 1000;
  return { ok: true, text: String(Math.ceil(milliOf(given) / divisor)) };
}

function splitResource(resource: string): [string, string] {
  const dot = resource.indexOf('.');
  return dot < 0 ? [resource, ''] : [resource.slice(0, dot), resource.slice(dot + 1)];
}
