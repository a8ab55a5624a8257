import type { Client } from '../client/client.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Process } from '../sim/process.ts';
import type { Cache } from './cache.ts';
import { type CycleState, StateKey } from './cyclestate.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { ClusterEvent, EventInterest } from './events.ts';
import type { Handle, Plugin, PostFilterResult, Waiting } from './framework.ts';
import type { Listers } from './listers.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { Nominator } from './nominator.ts';
import type { PodInfo } from './podinfo.ts';
import { isRejected, messageOf, type Status, SUCCESS } from './status.ts';

/** A scoring plugin and what a point of it counts. */
export interface Scorer {
  readonly name: string;
  readonly weight: number;
  /** True when what the plugin gives is scaled afterwards, so that raw and final scores differ. */
  readonly normalized: boolean;
}

/**
 * The scores of one cycle. The arrays belong to the framework and are used again in the next cycle:
 * copy what must last. Score `i` is that of node `i` of those scored.
 */
export interface Scores {
  readonly scorers: readonly Scorer[];
  /** What each scorer gave, before scaling; the same array as in `final` where nothing is scaled. */
  readonly raw: readonly Float64Array[];
  /** 0 to 100, before the weight. */
  readonly final: readonly Float64Array[];
  /** Weighted sums. */
  readonly totals: Float64Array;
}

export interface FrameworkOptions {
  readonly process: Process;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly cache: Cache;
  readonly nominator: Nominator;
  readonly listers: Listers;
  readonly informers: InformerFactory;
  /** Called with what plugins learn that may let waiting pods be scheduled. */
  readonly happened: (event: ClusterEvent) => void;
  /** The plugins in the order they are asked, with the weight of their scores. */
  readonly plugins: readonly { readonly create: (handle: Handle) => Plugin; readonly weight: number }[];
}

interface ScorePlugin {
  readonly plugin: Plugin & Required<Pick<Plugin, 'score'>>;
  readonly scorer: Scorer;
}

type FilterPlugin = Plugin & Required<Pick<Plugin, 'filter'>>;

/** What the pre-filters of a pod came to. */
export interface PreFiltered {
  readonly status: Status;
  /** The only nodes that can do; absent: all may. */
  readonly nodeNames?: ReadonlySet<string>;
  /** The plugins that said which. */
  readonly restrictedBy: readonly string[];
}

const FILTERS = new StateKey<readonly FilterPlugin[]>('filters');
const NOBODY: readonly string[] = Object.freeze([]);
const DONE: PreFiltered = Object.freeze({ status: SUCCESS, restrictedBy: NOBODY });

/** Runs the plugins of a profile, stage by stage (framework/runtime/framework.go). */
export class Framework implements Handle {
  readonly process: Process;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly cache: Cache;
  readonly nominator: Nominator;
  readonly listers: Listers;
  readonly informers: InformerFactory;
  readonly happened: (event: ClusterEvent) => void;
  /** What each plugin waits for, by its name. */
  readonly interests: ReadonlyMap<string, readonly EventInterest[]>;
  readonly #plugins: readonly Plugin[];
  readonly #filters: readonly FilterPlugin[];
  readonly #scorers: readonly ScorePlugin[];
  readonly #less: (a: Waiting, b: Waiting) => boolean;
  /** Score buffers by scorer: what the plugin gave, and what it was scaled to. */
  #raw: Float64Array[] = [];
  #final: Float64Array[] = [];
  #totals = new Float64Array(0);
  readonly #taking = new Map<number, readonly Scorer[]>();

  constructor(options: FrameworkOptions) {
    this.process = options.process;
    this.client = options.client;
    this.recorder = options.recorder;
    this.cache = options.cache;
    this.nominator = options.nominator;
    this.listers = options.listers;
    this.informers = options.informers;
    this.happened = options.happened;
    const made = options.plugins.map(({ create, weight }) => ({ plugin: create(this), weight }));
    this.#plugins = made.map(({ plugin }) => plugin);
    this.#filters = this.#plugins.filter((plugin): plugin is FilterPlugin => plugin.filter !== undefined);
    this.#scorers = made.flatMap(({ plugin, weight }) => {
      if (!canScore(plugin)) return [];
      const { name, normalize } = plugin;
      return [{ plugin, scorer: Object.freeze({ name, weight, normalized: normalize !== undefined }) }];
    });
    const sorter = this.#plugins.find((plugin) => plugin.less !== undefined);
    if (sorter?.less === undefined) throw new Error('scheduler profile has no plugin that orders the queue');
    this.#less = sorter.less.bind(sorter);
    this.interests = new Map(this.#plugins.map((plugin) => [plugin.name, plugin.events ?? []]));
  }

  less(a: Waiting, b: Waiting): boolean {
    return this.#less(a, b);
  }

  preEnqueue(pod: PodInfo): Status {
    for (const plugin of this.#plugins) {
      const status = plugin.preEnqueue?.(pod) ?? SUCCESS;
      if (status.code !== 'success') return status;
    }
    return SUCCESS;
  }

  preFilter(state: CycleState, pod: PodInfo): PreFiltered {
    let skipped: Set<Plugin> | undefined;
    let nodeNames: ReadonlySet<string> | undefined;
    let restrictedBy = NOBODY;
    for (const plugin of this.#plugins) {
      const result = plugin.preFilter?.(state, pod);
      if (result === undefined) continue;
      const { status } = result;
      if (status.code === 'skip') {
        skipped ??= new Set();
        skipped.add(plugin);
      } else if (status.code !== 'success') {
        return { status, restrictedBy };
      }
      if (result.nodeNames === undefined) continue;
      const names = nodeNames;
      nodeNames =
        names === undefined ? result.nodeNames : new Set([...result.nodeNames].filter((n) => names.has(n)));
      restrictedBy = [...restrictedBy, plugin.name];
    }
    const without = skipped;
    state.write(
      FILTERS,
      without === undefined ? this.#filters : this.#filters.filter((plugin) => !without.has(plugin)),
    );
    return nodeNames === undefined ? DONE : { status: SUCCESS, nodeNames, restrictedBy };
  }

  /**
   * Filters nodes one after the other, from place `start` on and around, until `wanted` fit or all
   * were looked at. Rejections go to the diagnosis; the answer is a Status when a plugin failed.
   */
  filterNodes(
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
    { start, wanted }: { readonly start: number; readonly wanted: number },
    diagnosis: Diagnosis,
  ): NodeInfo[] | Status {
    const filters = state.read(FILTERS) ?? this.#filters;
    const count = nodes.length;
    const anyNominated = !this.nominator.isEmpty;
    // At its full size from the beginning: growing it would cost as much again.
    const feasible = new Array<NodeInfo>(Math.min(wanted, count));
    let fit = 0;
    let at = count === 0 ? 0 : start % count;
    for (let looked = 0; looked < count && fit < wanted; looked++) {
      const node = nodes[at] as NodeInfo;
      at = at + 1 === count ? 0 : at + 1;
      const status = anyNominated ? this.#filter(filters, state, pod, node) : ask(filters, state, pod, node);
      if (status === SUCCESS) feasible[fit++] = node;
      else if (isRejected(status)) diagnosis.reject(node, status);
      else return status;
    }
    feasible.length = fit;
    return feasible;
  }

  runFilters(state: CycleState, pod: PodInfo, node: NodeInfo): Status {
    return this.#filter(state.read(FILTERS) ?? this.#filters, state, pod, node);
  }

  #filter(filters: readonly FilterPlugin[], state: CycleState, pod: PodInfo, node: NodeInfo): Status {
    const nominated = this.nominator.podsOn(node.name);
    if (nominated.size > 0) {
      const status = this.#filterWithNominated(filters, state, pod, node, nominated);
      if (status !== SUCCESS) return status;
    }
    return ask(filters, state, pod, node);
  }

  /** The node as if the pods promised room on it, of this pod's priority or higher, were there already. */
  #filterWithNominated(
    filters: readonly FilterPlugin[],
    state: CycleState,
    pod: PodInfo,
    node: NodeInfo,
    nominated: ReadonlyMap<string, PodInfo>,
  ): Status {
    let trial: NodeInfo | undefined;
    let trialState = state;
    for (const other of nominated.values()) {
      if (other.priority < pod.priority || other.uid === pod.uid) continue;
      if (trial === undefined) {
        trial = node.clone();
        trialState = state.clone();
      }
      trial.addPod(other);
      this.runAddPod(trialState, pod, other, trial);
    }
    return trial === undefined ? SUCCESS : ask(filters, trialState, pod, trial);
  }

  runAddPod(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#plugins) plugin.addPod?.(state, pod, added, node);
  }

  runRemovePod(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void {
    for (const plugin of this.#plugins) plugin.removePod?.(state, pod, removed, node);
  }

  /** The first plugin that can help does; else what they all said, one after the other. */
  postFilter(state: CycleState, pod: PodInfo, diagnosis: Diagnosis): PostFilterResult {
    const reasons: string[] = [];
    let nominatedNode: string | undefined;
    for (const plugin of this.#plugins) {
      const result = plugin.postFilter?.(state, pod, diagnosis);
      if (result === undefined) continue;
      const { status } = result;
      if (status.code === 'success' || status.code === 'unresolvable' || !isRejected(status)) return result;
      nominatedNode = result.nominatedNode ?? nominatedNode;
      if (status.reasons.length > 0) reasons.push(messageOf(status));
    }
    const status: Status = { code: 'unschedulable', reasons, plugin: '' };
    return nominatedNode === undefined ? { status } : { status, nominatedNode };
  }

  /** Scores nodes; see `Scores` for how long the result lasts. */
  score(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Scores {
    const count = nodes.length;
    this.#grow(count);
    const totals = this.#totals.fill(0, 0, count);
    let taking = 0;
    const raw: Float64Array[] = [];
    const final: Float64Array[] = [];
    for (let i = 0; i < this.#scorers.length; i++) {
      const { plugin, scorer } = this.#scorers[i] as ScorePlugin;
      if (plugin.preScore?.(state, pod, nodes).code === 'skip') continue;
      const given = this.#raw[i] as Float64Array;
      plugin.score(state, pod, nodes, given);
      let scaled = given;
      if (plugin.normalize !== undefined) {
        scaled = this.#final[i] as Float64Array;
        for (let n = 0; n < count; n++) scaled[n] = given[n] as number;
        plugin.normalize(state, pod, scaled, count);
      }
      for (let n = 0; n < count; n++)
        totals[n] = (totals[n] as number) + (scaled[n] as number) * scorer.weight;
      taking |= 1 << i;
      raw.push(given);
      final.push(scaled);
    }
    return { scorers: this.#scorersOf(taking), raw, final, totals };
  }

  /** The scorers of a bit set; the same array every time, so that records can share it. */
  #scorersOf(taking: number): readonly Scorer[] {
    let scorers = this.#taking.get(taking);
    if (scorers === undefined) {
      scorers = Object.freeze(
        this.#scorers.filter((_, i) => (taking & (1 << i)) !== 0).map(({ scorer }) => scorer),
      );
      this.#taking.set(taking, scorers);
    }
    return scorers;
  }

  #grow(count: number): void {
    if (this.#totals.length >= count) return;
    const size = Math.max(128, 2 * count);
    this.#totals = new Float64Array(size);
    this.#raw = this.#scorers.map(() => new Float64Array(size));
    this.#final = this.#scorers.map(
      ({ plugin }) => new Float64Array(plugin.normalize === undefined ? 0 : size),
    );
  }

  /** Reserves with every plugin; when one refuses, what was reserved is given back. */
  reserve(state: CycleState, pod: PodInfo, node: string): Status {
    for (const plugin of this.#plugins) {
      const status = plugin.reserve?.(state, pod, node) ?? SUCCESS;
      if (status.code === 'success') continue;
      this.unreserve(state, pod, node);
      return status;
    }
    return SUCCESS;
  }

  unreserve(state: CycleState, pod: PodInfo, node: string): void {
    for (const plugin of this.#plugins.toReversed()) plugin.unreserve?.(state, pod, node);
  }

  preBind(state: CycleState, pod: PodInfo, node: string): Status {
    for (const plugin of this.#plugins) {
      const status = plugin.preBind?.(state, pod, node) ?? SUCCESS;
      if (status.code !== 'success' && status.code !== 'skip') return status;
    }
    return SUCCESS;
  }

  /** Binds with the first plugin that takes the pod on. */
  bind(state: CycleState, pod: PodInfo, node: string): Status {
    for (const plugin of this.#plugins) {
      const status = plugin.bind?.(state, pod, node);
      if (status !== undefined && status.code !== 'skip') return status;
    }
    throw new Error('scheduler profile has no plugin that binds');
  }
}

function canScore(plugin: Plugin): plugin is ScorePlugin['plugin'] {
  return plugin.score !== undefined;
}

function ask(filters: readonly FilterPlugin[], state: CycleState, pod: PodInfo, node: NodeInfo): Status {
  for (let i = 0; i < filters.length; i++) {
    const status = (filters[i] as FilterPlugin).filter(state, pod, node);
    if (status !== SUCCESS) return status;
  }
  return SUCCESS;
}
