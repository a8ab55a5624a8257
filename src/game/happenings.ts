import type { Cluster } from '../cluster/cluster.ts';
import { Priority } from '../sim/queue.ts';
import type { Hand } from './hand.ts';
import type { TimelineEvent } from './level.ts';
import { Meter } from './meter.ts';
import type { Mirror } from './mirror.ts';
import { rateOf, rateText } from './rates/registry.ts';
import type { Tracker } from './tracker.ts';

/** What the timeline acts on, and whom it tells. */
export interface HappeningsContext {
  readonly cluster: Cluster;
  readonly mirror: Mirror;
  readonly hand: Hand;
  /** Virtual time at which the level began. */
  readonly start: number;
  readonly trackers: () => readonly Tracker[];
  /** Called when something happened: in the words of the level's file. */
  readonly happened: (event: TimelineEvent, text: string) => void;
  /** Called when it could not happen. */
  readonly refused: (problem: string) => void;
}

/** Queues what a level's timeline holds. It happens before everything else at its instant. */
export function scheduleTimeline(timeline: readonly TimelineEvent[], context: HappeningsContext): void {
  const loads = new Map<string, Meter>();
  for (const event of timeline) {
    context.cluster.sim.at(
      context.start + event.at,
      () => {
        const text = happen(event, context, loads);
        context.happened(event, text);
      },
      Priority.input,
    );
  }
}

function happen(event: TimelineEvent, context: HappeningsContext, loads: Map<string, Meter>): string {
  if (event.fault !== undefined) {
    const problem = context.cluster.inject(event.fault);
    if (problem !== undefined) context.refused(problem);
    return faultText(event.fault);
  }
  if (event.kubectl !== undefined) {
    context.hand.kubectl(event.kubectl, ({ exitCode, errors }) => {
      if (exitCode !== 0) context.refused(errors);
    });
    return `kubectl ${event.kubectl}`;
  }
  if (event.apply !== undefined) {
    context.hand.apply(event.apply, ({ exitCode, errors }) => {
      if (exitCode !== 0) context.refused(errors);
    });
    return 'kubectl apply';
  }
  changeLoad(event.traffic, context, loads);
  return `${event.traffic?.name ?? ''} ${rateText(event.traffic?.rate ?? 0)}/s`;
}

function changeLoad(
  traffic: TimelineEvent['traffic'],
  { cluster, mirror, trackers }: HappeningsContext,
  loads: Map<string, Meter>,
): void {
  if (traffic === undefined) return;
  const { name, url, from = 'outside' } = traffic;
  const rate = rateOf(traffic.rate);
  const known = loads.get(name);
  if (known !== undefined) known.setRate(rate);
  else if (url === undefined)
    trackers()
      .find(({ goal }) => goal.id === name)
      ?.check.setRate?.(rate);
  else
    loads.set(name, new Meter({ sim: cluster.sim, fabric: cluster.fabric, mirror, name, from, url, rate }));
}

/** A fault in few words: `NodeDown cargo-4`. */
export function faultText(fault: Readonly<Record<string, unknown>>): string {
  return Object.values(fault).map(String).join(' ').slice(0, 200);
}
