import type { Client } from '../client/client.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Process } from '../sim/process.ts';
import type { Cloud } from './cloud.ts';

/**
 * What kube-controller-manager hands each of its controllers. Informers are shared between them, as
 * upstream shares them; nothing else is.
 */
export interface ControllerContext {
  readonly process: Process;
  readonly informers: InformerFactory;
  /** A client with this controller's own identity (`system:serviceaccount:kube-system:<name>`). */
  clientFor(controller: string): Client;
  /** A recorder that writes through the same client. */
  recorderFor(controller: string, client: Client): EventRecorder;
  /** Where disks come from; without it nothing is provisioned or attached. */
  readonly cloud?: Cloud;
}

/**
 * One controller: `start` makes its work queue, adds its handlers to the shared informers and
 * returns. It ends with the process.
 */
export interface ControllerDefinition {
  /** As kube-controller-manager names it: `replicaset-controller`. */
  readonly name: string;
  start(context: ControllerContext): void;
}
