import { Client } from '../client/client.ts';
import { LeaderElector } from '../client/leaderelection.ts';
import { EventRecorder } from '../client/recorder.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import type { ControlLoopOptions } from './controllermanager.ts';

const USER = Object.freeze({ name: 'system:kube-scheduler', groups: ['system:authenticated'] });

/** kube-scheduler: waits to be leader, then schedules. */
export function runScheduler(options: ControlLoopOptions): void {
  const { process, transport, identity } = options;
  const client = new Client(transport, { user: USER, component: 'kube-scheduler' });
  const elector = new LeaderElector({
    process,
    client,
    namespace: 'kube-system',
    name: 'kube-scheduler',
    identity,
    recorder: new EventRecorder(client, process, { component: 'default-scheduler' }),
    onStarted: () => new Scheduler({ process, client }).start(),
    onStopped: () => options.exit('leaderelection lost'),
  });
  elector.start();
}
