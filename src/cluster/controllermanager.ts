import { Client } from '../client/client.ts';
import { InformerFactory } from '../client/informer.ts';
import { LeaderElector } from '../client/leaderelection.ts';
import { EventRecorder } from '../client/recorder.ts';
import type { Transport } from '../client/transport.ts';
import type { Cloud } from '../controllers/cloud.ts';
import { controllers } from '../controllers/registry.ts';
import type { Process } from '../sim/process.ts';
import { controllerAccount } from './identities.ts';

/** kube-controller-manager's own. */
export interface ControllerManagerOptions extends ControlLoopOptions {
  readonly cloud: Cloud;
}

export interface ControlLoopOptions {
  readonly process: Process;
  readonly transport: Transport;
  /** Distinguishes this run from every other: `<node>_<uid>`. */
  readonly identity: string;
  /** Called when leadership is lost: upstream's programs exit, so that they start with a clean mind. */
  readonly exit: (message: string) => void;
}

const USER = Object.freeze({ name: 'system:kube-controller-manager', groups: ['system:authenticated'] });

/** kube-controller-manager: waits to be leader, then runs every controller of the registry. */
export function runControllerManager(options: ControllerManagerOptions): void {
  const { process, transport, identity } = options;
  const client = new Client(transport, { user: USER, component: 'kube-controller-manager' });
  const elector = new LeaderElector({
    process,
    client,
    namespace: 'kube-system',
    name: 'kube-controller-manager',
    identity,
    recorder: new EventRecorder(client, process, { component: 'kube-controller-manager' }),
    onStarted: () => {
      const informers = new InformerFactory(process, client);
      for (const controller of controllers) {
        controller.start({
          process,
          informers,
          clientFor: (name) => new Client(transport, { user: controllerAccount(name), component: name }),
          cloud: options.cloud,
          recorderFor: (name, own) => new EventRecorder(own, process, { component: name }),
        });
      }
      informers.start();
    },
    onStopped: () => options.exit('leaderelection lost'),
  });
  elector.start();
}
