import type { Issues } from '../issue.ts';
import { Meter } from '../meter.ts';
import { placeShape, shownUrl, urlShape } from '../place.ts';
import { type RateSpec, rateOf, rateShape } from '../rates/registry.ts';
import { duration, integer, type Out, refine, share, struct, text } from '../shape.ts';
import type { GoalLeaf } from '../types.ts';
import type { Check, GoalContext, GoalType, Match } from './goal.ts';

const shape = struct(
  { url: urlShape },
  {
    from: placeShape,
    /** Requests per second, or how they change. */
    rate: refine(rateShape, sendsSomething),
    expect: struct({}, { status: integer(100, 599), body: text({ max: 200 }) }),
    availability: share,
    /** 99 of 100 good answers come within it. */
    latency: duration,
    /** The last so many seconds are looked at. */
    window: duration,
    timeout: duration,
  },
);

export type TrafficSpec = Out<typeof shape>;

const DEFAULT_RATE = 10;
const DEFAULT_AVAILABILITY = 0.99;
const DEFAULT_WINDOW_MS = 10_000;
/** Short, so that what is lost counts in the second it was sent, or the next. */
const DEFAULT_TIMEOUT_MS = 1000;

/** Without requests there is no verdict. */
function sendsSomething(rate: RateSpec, path: string, issues: Issues): boolean {
  if (typeof rate !== 'number' || rate >= 0.1) return true;
  issues.add('InvalidValue', path, 'a number from 0.1 to 10000, or how it changes', String(rate));
  return false;
}

/** Requests from a place to an address: how many are answered as they should, and how fast. */
export const traffic: GoalType<TrafficSpec> = {
  name: 'traffic',
  shape,
  always: false,
  sentence: (spec, phrases) =>
    phrases.traffic({
      url: shownUrl(spec.url),
      from: spec.from ?? 'outside',
      availability: spec.availability ?? DEFAULT_AVAILABILITY,
      status: spec.expect?.status,
      body: spec.expect?.body,
      latency: spec.latency,
      window: spec.window ?? DEFAULT_WINDOW_MS,
    }),
  check(spec, context): Check {
    const { mirror, fabric, sim } = context;
    const meter = new Meter({
      mirror,
      fabric,
      sim,
      name: spec.url,
      from: spec.from ?? 'outside',
      url: spec.url,
      rate: rateOf(spec.rate ?? DEFAULT_RATE),
      timeoutMs: spec.timeout ?? DEFAULT_TIMEOUT_MS,
      ...(spec.expect === undefined ? {} : { expect: expectationOf(spec) }),
    });
    const leaves = (): readonly GoalLeaf[] => judge(spec, context, meter);
    return {
      timed: true,
      evaluate: (): Match => {
        const judged = leaves();
        return { matched: judged.filter(({ ok }) => ok).length, total: judged.length };
      },
      leaves,
      subjects: () => [],
      tick: () => meter.close(secondOf(context) - 1),
      unavailable: () => meter.unavailable,
      setRate: (rate) => meter.setRate(rate),
    };
  },
};

function expectationOf(spec: TrafficSpec): { status?: number; body?: string } {
  const { status, body } = spec.expect ?? {};
  return { ...(status === undefined ? {} : { status }), ...(body === undefined ? {} : { body }) };
}

function secondOf({ sim, start }: GoalContext): number {
  return Math.floor((sim.now() - start) / 1000);
}

/** Compares the last full window with what is wanted. Before that has passed there is no verdict. */
function judge(spec: TrafficSpec, context: GoalContext, meter: Meter): readonly GoalLeaf[] {
  const window = Math.max(1, Math.ceil((spec.window ?? DEFAULT_WINDOW_MS) / 1000));
  // The second that has just ended may still have answers under way.
  const end = secondOf(context) - 1;
  const { sent, ok, p99, reason } = meter.measure(end - window, end);
  const wanted = spec.availability ?? DEFAULT_AVAILABILITY;
  const got = sent === 0 ? 0 : ok / sent;
  const full = end >= window && sent > 0;
  // So long as the window is not full nothing is decided, however well it looks.
  const young = full || reason !== undefined ? '' : ` (${Math.max(0, Math.min(end, window))}/${window} s)`;
  const failed = reason === undefined ? young : ` (${reason})`;
  const address = shownUrl(spec.url).replace(/^http:\/\//, '');
  const leaves: GoalLeaf[] = [
    {
      path: address,
      wanted: `≥ ${percent(wanted)}`,
      got: sent === 0 ? '-' : `${percent(got)}${failed}`,
      ok: full && got >= wanted - 1e-9,
    },
  ];
  if (spec.latency !== undefined) {
    leaves.push({
      path: `p99 ${address}`,
      wanted: `≤ ${spec.latency} ms`,
      got: ok === 0 ? '-' : `${Math.ceil(p99)} ms`,
      ok: full && ok > 0 && p99 <= spec.latency,
    });
  }
  return leaves;
}

/** Cut, never rounded up: 99.96 % is not 100 %. */
function percent(part: number): string {
  return `${Math.floor(part * 1000 + 1e-6) / 10} %`;
}
