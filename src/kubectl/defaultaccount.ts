import type { KindDefinition } from '../api/kind.ts';
import type { JsonObject } from '../apimachinery/json.ts';
import { isObject, own } from '../apimachinery/object.ts';
import type { KubectlContext } from './context.ts';
import { builtin } from './discovery.ts';
import { sleep, type Waiting } from './run.ts';

const DEFAULT_ACCOUNT = 'default';
/** How often to look, and how long to wait in between, ms. */
const ATTEMPTS = 10;
const INTERVAL = 150;

/**
 * Waits for the default account of a young namespace before a pod is created in it: a controller
 * makes it a moment after the namespace. Upstream the API server holds the request for as long
 * (plugin/pkg/admission/serviceaccount getServiceAccount); here it answers at once.
 */
export function* defaultAccount(
  context: KubectlContext,
  kind: KindDefinition,
  namespace: string,
  pod: object,
): Waiting<void> {
  if (kind.plural !== 'pods' || !usesDefault(pod)) return;
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    const account = context.client.get(builtin('serviceaccounts'), DEFAULT_ACCOUNT, namespace);
    if (account.ok || account.status.reason !== 'NotFound') return;
    if (attempt === 1 && !context.client.get(builtin('namespaces'), namespace).ok) return;
    yield* sleep(INTERVAL);
  }
}

/** Whether the manifest leaves the account to the server; it is the player's, so of any shape. */
function usesDefault(pod: object): boolean {
  const spec = own(pod as JsonObject, 'spec');
  const name = isObject(spec) ? own(spec, 'serviceAccountName') : undefined;
  return name === undefined || name === null || name === '' || name === DEFAULT_ACCOUNT;
}
