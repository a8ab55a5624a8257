import { isProtectedGroup } from '../api/customresources/definitionvalidation.ts';
import { apiVersionOf } from '../api/kind.ts';
import { kindByGVK, kindByName, kinds } from '../api/kinds/registry.ts';
import { nearest } from './suggestions.ts';

/** What to say about kinds that this cluster does not know. */

/** Kinds of Kubernetes v1.35 and its usual companions: apiVersion, kind, plural, short names. */
const UPSTREAM: readonly (readonly [string, string, string, ...string[]])[] = [
  ['apiregistration.k8s.io/v1', 'APIService', 'apiservices'],
  ['gateway.networking.k8s.io/v1', 'Gateway', 'gateways', 'gtw'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes'],
  ['storage.k8s.io/v1', 'CSIDriver', 'csidrivers'],
  ['v1', 'ComponentStatus', 'componentstatuses', 'cs'],
  ['v1', 'PodTemplate', 'podtemplates'],
];

/** A further line about a kind that a manifest names and the server does not know; empty if there is nothing to add. */
export function hintForKind(apiVersion: string, kind: string): string {
  const served = kinds.filter((known) => known.kind.toLowerCase() === kind.toLowerCase());
  const meant = served[0];
  if (meant !== undefined) return `\ndid you mean apiVersion: ${apiVersionOf(meant)}, kind: ${meant.kind}?`;
  const upstream = UPSTREAM.find(([, name]) => name.toLowerCase() === kind.toLowerCase());
  if (upstream !== undefined) return notYet(upstream[1]);
  // What a group of somebody else's has is not for us to guess.
  if (apiVersion.includes('.') && !isProtectedGroup(apiVersion.split('/')[0] ?? '')) return '';
  const near = nearest(kind, new Set(kinds.map((known) => known.kind)));
  const guess = near === undefined ? undefined : kinds.find((known) => known.kind === near);
  return guess === undefined || kindByGVK(apiVersion, kind) !== undefined
    ? ''
    : `\ndid you mean apiVersion: ${apiVersionOf(guess)}, kind: ${guess.kind}?`;
}

/** A further line about a resource that a command line names and the server does not know; empty if there is nothing to add. */
export function hintForResource(resource: string): string {
  const [name = ''] = resource.toLowerCase().split('.');
  if (kindByName(name) !== undefined) return '';
  const upstream = UPSTREAM.find(
    ([, kind, plural, ...short]) => plural === name || kind.toLowerCase() === name || short.includes(name),
  );
  return upstream === undefined ? '' : notYet(upstream[1]);
}

function notYet(kind: string): string {
  return `\n(${kind} is a kind of Kubernetes that this version of Shipshape does not have yet)`;
}
