import type { Container, Node, Pod } from '../api/generated/types.ts';
import { revisionOf } from '../api/object.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder, EventType } from '../client/recorder.ts';
import { containerFieldPath, podReference } from './podtext.ts';

/** Records events about pods, their containers and the node, each with the revision it reacts to. */
export class PodEvents {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #nodeName: string;

  constructor(client: Client, recorder: EventRecorder, nodeName: string) {
    this.#client = client;
    this.#recorder = recorder;
    this.#nodeName = nodeName;
  }

  pod(pod: Pod, type: EventType, reason: string, message: string): void {
    this.#emit(pod, undefined, type, reason, message);
  }

  container(pod: Pod, container: Container, type: EventType, reason: string, message: string): void {
    this.#emit(pod, containerFieldPath(pod, container), type, reason, message);
  }

  /** The kubelet refers to its node with the name as uid, as upstream does. */
  node(type: EventType, reason: string, message: string, node?: Node): void {
    if (node !== undefined)
      this.#client.setCause({ component: this.#client.component, trigger: revisionOf(node) });
    this.#recorder.eventFor(
      { kind: 'Node', name: this.#nodeName, uid: this.#nodeName },
      type,
      reason,
      message,
    );
    this.#client.setCause();
  }

  #emit(pod: Pod, fieldPath: string | undefined, type: EventType, reason: string, message: string): void {
    this.#client.setCause({ component: this.#client.component, trigger: revisionOf(pod) });
    this.#recorder.eventFor(podReference(pod, fieldPath), type, reason, message);
    this.#client.setCause();
  }
}
