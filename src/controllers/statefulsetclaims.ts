import type { PersistentVolumeClaim, StatefulSet } from '../api/generated/types.ts';
import { kindByGVK } from '../api/kinds/registry.ts';
import { nameOf, namespaceOf } from '../api/object.ts';
import { isAlreadyExists, isNotFound, type Status } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/recorder.ts';
import { claimName } from './statefulsetpods.ts';

/**
 * Makes the claims that an ordinal lacks, before its pod (createPersistentVolumeClaims). A claim that
 * exists is used as it is: that is how a pod finds its data again. Where the server does not know
 * claims, it refuses nothing: the pod then names a claim that is not there.
 */
export function ensureClaims(
  client: Client,
  recorder: EventRecorder,
  set: StatefulSet,
  ordinal: number,
): Status | undefined {
  const kind = kindByGVK('v1', 'PersistentVolumeClaim');
  const templates = set.spec.volumeClaimTemplates ?? [];
  if (kind === undefined || templates.length === 0) return undefined;
  for (const template of templates) {
    const name = claimName(set, template, ordinal);
    const existing = client.get(kind, name, namespaceOf(set));
    if (existing.ok) continue;
    if (!isNotFound(existing.status)) return existing.status;
    const created = client.create(kind, claimOf(set, template, name));
    const pod = `${nameOf(set)}-${ordinal}`;
    if (created.ok) {
      const message = `Create Claim ${name} Pod ${pod} in StatefulSet ${nameOf(set)} success`;
      recorder.event(set, 'Normal', 'SuccessfulCreate', message);
    } else if (!isAlreadyExists(created.status)) {
      const message = `Create Claim ${name} for Pod ${pod} in StatefulSet ${nameOf(set)} failed error: ${created.status.message}`;
      recorder.event(set, 'Warning', 'FailedCreate', message);
      return created.status;
    }
  }
  return undefined;
}

/** A claim carries the labels by which its set selects (getPersistentVolumeClaims). */
function claimOf(set: StatefulSet, template: PersistentVolumeClaim, name: string): PersistentVolumeClaim {
  const labels = { ...template.metadata.labels, ...set.spec.selector.matchLabels };
  const { status: _, ...claim } = template;
  return { ...claim, metadata: { ...template.metadata, name, namespace: namespaceOf(set), labels } };
}
