import type { OwnerReference, Pod, PodTemplateSpec } from '../api/generated/types.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { type KubeObject, nameOf } from '../api/object.ts';
import { hasCause, isNotFound, type Status } from '../apimachinery/status.ts';
import type { Client, Result } from '../client/client.ts';
import type { EventRecorder } from '../client/recorder.ts';

/** A pod made from a template: labels, annotations, finalizers and spec are shared with it. */
export function podFromTemplate(
  template: PodTemplateSpec,
  namespace: string,
  name: { readonly generateName?: string; readonly name?: string },
  controller: OwnerReference,
): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...name,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: onlyOwner(controller),
    },
    spec: template.spec ?? { containers: [] },
  };
}

/** The list that all pods of a controller have: it is made once. */
const onlyOwners = new WeakMap<OwnerReference, readonly OwnerReference[]>();

function onlyOwner(controller: OwnerReference): readonly OwnerReference[] {
  let owners = onlyOwners.get(controller);
  if (owners === undefined) {
    owners = Object.freeze([controller]);
    onlyOwners.set(controller, owners);
  }
  return owners;
}

/** Creates and deletes pods for a controller and says so in events (controller_utils.go RealPodControl). */
export class PodControl {
  readonly #client: Client;
  readonly #recorder: EventRecorder;

  constructor(client: Client, recorder: EventRecorder) {
    this.#client = client;
    this.#recorder = recorder;
  }

  create(pod: Pod, owner: KubeObject): Result<Pod> {
    const result = this.#client.create(podKind, pod);
    if (result.ok) {
      this.#recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(result.value)}`);
    } else if (!isNamespaceTerminating(result.status)) {
      // A namespace that is going away refuses everything; that is no news.
      this.#recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${result.status.message}`);
    }
    return result;
  }

  /** Deletes a pod. One that is gone already counts as deleted, without an event. */
  delete(namespace: string, name: string, owner: KubeObject): Status | undefined {
    const result = this.#client.delete(podKind, name, namespace);
    if (!result.ok) {
      if (isNotFound(result.status)) return undefined;
      this.#recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${result.status.message}`);
      return result.status;
    }
    this.#recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    return undefined;
  }
}

/** True when a create was refused because its namespace is being deleted. */
export function isNamespaceTerminating(status: Status): boolean {
  return hasCause(status, 'NamespaceTerminating');
}

/** The first batch of a slow start (controller.SlowStartInitialBatchSize). */
const SLOW_START_INITIAL = 1;

/**
 * Calls `run` `count` times in batches of 1, 2, 4, ... and stops after the first batch in which a
 * call failed, so that a namespace over quota is not hit with hundreds of hopeless requests.
 * Returns how many calls succeeded and the first failure.
 */
export function slowStart(
  count: number,
  run: () => Status | undefined,
): { readonly successes: number; readonly failure: Status | undefined } {
  let left = count;
  let successes = 0;
  for (let batch = Math.min(left, SLOW_START_INITIAL); batch > 0; batch = Math.min(2 * batch, left)) {
    let failure: Status | undefined;
    for (let i = 0; i < batch; i++) {
      const status = run();
      if (status === undefined) successes++;
      else failure ??= status;
    }
    if (failure !== undefined) return { successes, failure };
    left -= batch;
  }
  return { successes, failure: undefined };
}
