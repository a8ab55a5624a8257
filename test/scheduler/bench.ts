import type { Node, Pod } from '../../src/api/generated/types.ts';
import { Client } from '../../src/client/client.ts';
import { InformerFactory } from '../../src/client/informer.ts';
import { EventRecorder } from '../../src/client/recorder.ts';
import { Cache } from '../../src/scheduler/cache.ts';
import { CycleState } from '../../src/scheduler/cyclestate.ts';
import { type Listers, NO_LISTERS } from '../../src/scheduler/listers.ts';
import type { NodeInfo } from '../../src/scheduler/nodeinfo.ts';
import { Nominator } from '../../src/scheduler/nominator.ts';
import { podInfo } from '../../src/scheduler/podinfo.ts';
import { DEFAULT_PROFILE, type Profile, resolveProfile } from '../../src/scheduler/profile.ts';
import { Framework } from '../../src/scheduler/runner.ts';
import { messageOf } from '../../src/scheduler/status.ts';
import { Process } from '../../src/sim/process.ts';
import { Simulation } from '../../src/sim/simulation.ts';

/** Plugins over a cache that a test fills by hand: no API server, no queue. */
export class Bench {
  readonly cache = new Cache();
  readonly framework: Framework;
  readonly process: Process;

  constructor(listers: Listers = NO_LISTERS, profile: Profile = DEFAULT_PROFILE) {
    this.process = new Process(new Simulation({ seed: 1 }), 'kube-scheduler');
    const send = () => {
      throw new Error('nothing here talks to an API server');
    };
    const client = new Client({ send }, { user: { name: 'test', groups: [] }, component: 'kube-scheduler' });
    this.framework = new Framework({
      process: this.process,
      client,
      recorder: new EventRecorder(client, this.process, { component: 'default-scheduler' }),
      cache: this.cache,
      nominator: new Nominator(),
      listers,
      plugins: resolveProfile(profile),
      informers: new InformerFactory(this.process, client),
      happened: () => {},
    });
  }

  add(...nodes: readonly Node[]): this {
    for (const node of nodes) this.cache.putNode(node);
    return this;
  }

  place(node: string, ...pods: readonly Pod[]): this {
    for (const pod of pods) this.cache.putPod({ ...pod, spec: { ...pod.spec, nodeName: node } });
    return this;
  }

  /** What the filters say of each node: '' where the pod fits, else `Plugin code: reasons`. */
  filter(pod: Pod): Record<string, string> {
    const state = new CycleState();
    const info = podInfo(pod);
    const pre = this.framework.preFilter(state, info);
    const out: Record<string, string> = {};
    for (const node of this.cache.nodes) {
      let status = pre.status;
      if (status.code === 'success') status = this.framework.runFilters(state, info, node);
      out[node.name] =
        status.code === 'success' ? '' : `${status.plugin} ${status.code}: ${messageOf(status)}`;
      if (pre.nodeNames !== undefined && !pre.nodeNames.has(node.name)) out[node.name] = 'not a candidate';
    }
    return out;
  }

  /** The scaled score of each node from one plugin; undefined when the plugin has no say. */
  score(plugin: string, pod: Pod): Record<string, number> | undefined {
    const nodes: readonly NodeInfo[] = this.cache.nodes;
    const state = new CycleState();
    const info = podInfo(pod);
    this.framework.preFilter(state, info);
    const { scorers, final } = this.framework.score(state, info, nodes);
    const at = scorers.findIndex(({ name }) => name === plugin);
    if (at < 0) return undefined;
    return Object.fromEntries(nodes.map((node, i) => [node.name, final[at]?.[i] ?? -1]));
  }
}
