import type { Node, Pod, Service } from '../api/generated/types.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { service as serviceKind } from '../api/kinds/service.ts';
import { makeKey, namespaceOf } from '../api/object.ts';
import { parseSelector } from '../apimachinery/labelparser.ts';
import { httpTarget } from '../network/http.ts';
import type { NetworkFabric, NetworkNamespace, Target } from '../network/types.ts';
import { selectorShape } from './goals/selection.ts';
import { anyKindOf } from './kindof.ts';
import type { Mirror } from './mirror.ts';
import { exactlyOne, type Out, objectOr, oneOf, refine, struct, text } from './shape.ts';

const POD = anyKindOf(podKind);
const NODE = anyKindOf(nodeKind);
const SERVICE = anyKindOf(serviceKind);

/** Where requests come from: the world outside, a node, or the first ready pod of a selector. */
export const placeShape = objectOr(
  exactlyOne(struct({}, { node: text({ max: 253 }), pod: selectorShape, namespace: text({ max: 63 }) }), [
    'node',
    'pod',
  ]),
  oneOf(['outside']),
);

export type Place = Out<typeof placeShape>;

/** `{clusterIP:web}`, `{nodePort:shop/web}`, `{nodeIP:cargo-1}`: what only the cluster knows. */
const PLACEHOLDER = /\{(clusterIP|loadBalancer|nodePort|nodeIP|podIP):([a-z0-9./=_-]+)\}/g;

/** An address to send requests to; placeholders stand for what the cluster assigns. */
export const urlShape = refine(text({ max: 500 }), (url, path, issues) => {
  const example = url.replaceAll(PLACEHOLDER, (_, what: string) =>
    what === 'nodePort' ? '30000' : '10.0.0.1',
  );
  const target = httpTarget(example);
  if (target.ok) return true;
  issues.add(
    'InvalidValue',
    path,
    'a URL such as http://web/ or http://{nodeIP:n1}:{nodePort:web}/',
    url,
    target.error,
  );
  return false;
});

/** A URL as it is read: `http://{nodeIP:cargo-1}:30000/` leads to cargo-1, by that name. */
export function shownUrl(url: string): string {
  return url.replaceAll(PLACEHOLDER, (_, what: string, which: string) =>
    what === 'nodePort' ? `<nodePort ${which}>` : which,
  );
}

/** What it takes to find a place or an address. */
export interface Surroundings {
  readonly mirror: Mirror;
  readonly fabric: NetworkFabric;
}

/** The network namespace of a place; undefined while there is none. */
export function findPlace(place: Place, { mirror, fabric }: Surroundings): NetworkNamespace | undefined {
  if (place === 'outside') return fabric.outside.namespace;
  if (place.node !== undefined) return fabric.host(place.node)?.namespace;
  const selector = parseSelector(place.pod ?? '');
  if ('error' in selector) return undefined;
  const namespace = place.namespace ?? 'default';
  for (const object of mirror.objects(POD)) {
    if (namespaceOf(object) !== namespace || !selector.matches(object.metadata.labels)) continue;
    const { phase, podIP } = (object as Pod).status ?? {};
    const found = phase === 'Running' && podIP !== undefined ? fabric.namespaceAt(podIP) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a URL means now; undefined while the cluster has not assigned what it asks for. */
export function findTarget(url: string, mirror: Mirror): Target | undefined {
  let missing = false;
  const filled = url.replaceAll(PLACEHOLDER, (_, what: string, which: string) => {
    const found = assigned(what, which, mirror);
    if (found === undefined) missing = true;
    return found ?? '';
  });
  const target = missing ? undefined : httpTarget(filled);
  return target?.ok === true ? target.target : undefined;
}

function assigned(what: string, which: string, mirror: Mirror): string | undefined {
  if (what === 'nodeIP') {
    const node = mirror.get(NODE, which) as Node | undefined;
    return node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  }
  const slash = which.indexOf('/');
  const key = makeKey(slash < 0 ? 'default' : which.slice(0, slash), which.slice(slash + 1));
  if (what === 'podIP') return (mirror.get(POD, key) as Pod | undefined)?.status?.podIP;
  const service = mirror.get(SERVICE, key) as Service | undefined;
  if (what === 'loadBalancer') {
    const ingress = service?.status?.loadBalancer?.ingress?.[0];
    return ingress?.ip ?? ingress?.hostname;
  }
  if (what === 'nodePort') return service?.spec?.ports?.[0]?.nodePort?.toString();
  const ip = service?.spec?.clusterIP;
  return ip === '' || ip === 'None' ? undefined : ip;
}
