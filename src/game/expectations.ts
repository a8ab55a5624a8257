import type { Event, Pod } from '../api/generated/types.ts';
import { event as eventKind } from '../api/kinds/event.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { nameOf, namespaceOf } from '../api/object.ts';
import { parseSelector } from '../apimachinery/labelparser.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { Priority } from '../sim/queue.ts';
import type { CelScope, CelTerm } from './cel.ts';
import type { Check } from './goals/goal.ts';
import { mustCompile } from './goals/selection.ts';
import { state } from './goals/state.ts';
import { shown } from './issue.ts';
import { anyKindOf } from './kindof.ts';
import type { Mirror } from './mirror.ts';
import type { Expectation } from './scenarioshape.ts';
import { phrasesFor } from './texts/texts.ts';
import type { GoalLeaf } from './types.ts';
import type { Usage } from './usage.ts';

export interface ExpectationContext {
  readonly cluster: Cluster;
  readonly mirror: Mirror;
  readonly usage: Usage;
  /** Virtual time at which the scenario began. */
  readonly start: number;
}

/** What came of an expectation; to be asked for when its time is over. */
export type Verdict = () => {
  readonly ok: boolean;
  readonly at: number;
  readonly wanted: string;
  readonly got: string;
};

/** A question that can be asked at any moment. */
interface Question {
  leaves(): readonly GoalLeaf[];
}

/**
 * Judges an expectation when its time comes: `at` once the instant has settled, `during` after every
 * change in that time, both ends included.
 */
export function newExpectation(expectation: Expectation, context: ExpectationContext): Verdict {
  const { cluster, start } = context;
  const [from, to] = expectation.during ?? [expectation.at ?? 0, expectation.at ?? 0];
  let broken: { readonly at: number; readonly leaves: readonly GoalLeaf[] } | undefined;
  let last: readonly GoalLeaf[] | undefined;
  const judge = (): void => {
    const elapsed = cluster.sim.now() - start;
    if (broken !== undefined || elapsed < (from ?? 0) || elapsed > (to ?? 0)) return;
    last = question.leaves();
    if (last.some(({ ok }) => !ok)) broken = { at: elapsed, leaves: last };
  };
  const question = questionOf(expectation, context, from === to ? () => {} : judge);
  for (const time of new Set([from ?? 0, to ?? 0])) cluster.sim.at(start + time, judge, Priority.observer);
  return () => {
    const leaves = broken?.leaves.filter(({ ok }) => !ok) ?? last ?? [];
    return {
      ok: broken === undefined && last !== undefined,
      at: broken?.at ?? to ?? 0,
      wanted: leaves.map(({ path, wanted }) => `${path}: ${wanted}`).join('; '),
      got: last === undefined ? 'not judged' : leaves.map(({ path, got }) => `${path}: ${got}`).join('; '),
    };
  };
}

function questionOf(expectation: Expectation, context: ExpectationContext, changed: () => void): Question {
  const { events, logs } = expectation;
  if (events !== undefined) return { leaves: () => [eventsLeaf(events, context)] };
  if (logs !== undefined) return { leaves: () => [logsLeaf(logs, context)] };
  if (expectation.cel !== undefined) return celQuestion(expectation.cel, context.mirror, changed);
  const check = stateCheck(expectation, context, changed);
  return { leaves: () => check.leaves(phrasesFor('en')) };
}

function stateCheck(expectation: Expectation, context: ExpectationContext, changed: () => void): Check {
  const { cluster, mirror, usage, start } = context;
  const { object, absent, selector, namespace, count } = expectation;
  const wanted = absent === undefined ? count : 0;
  return state.check(
    {
      object: object ?? absent ?? {},
      ...(selector === undefined ? {} : { selector }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(wanted === undefined ? {} : { count: wanted }),
    },
    { mirror, usage, fabric: cluster.fabric, sim: cluster.sim, start, moves: () => 0, changed },
  );
}

/** An expression as it is written, part by part: whoever reads a scenario's report has written it. */
function celQuestion(text: string, mirror: Mirror, changed: () => void): Question {
  const expression = mustCompile(text);
  const scope: CelScope = { objects: (kind) => mirror.ownObjects(kind) };
  for (const kind of expression.kinds) mirror.onChange(kind, changed);
  return { leaves: () => expression.terms.map((term) => termLeaf(term, scope)) };
}

function termLeaf({ text, comparison, evaluate }: CelTerm, scope: CelScope): GoalLeaf {
  const result = evaluate(scope);
  const ok = result.ok && result.value === true;
  const value = comparison === undefined ? result : comparison.value(scope);
  const got = !value.ok
    ? value.error.message
    : typeof value.value === 'string'
      ? value.value
      : shown(value.value);
  return { path: comparison?.left ?? text, wanted: comparison?.right ?? 'true', got, ok };
}

function eventsLeaf(spec: NonNullable<Expectation['events']>, { mirror }: ExpectationContext): GoalLeaf {
  const { kind, name, namespace = 'default', reason, message, count } = spec;
  let seen = 0;
  const reasons = new Set<string>();
  for (const object of mirror.objects(anyKindOf(eventKind))) {
    const event = object as Event;
    const { involvedObject } = event;
    if ((involvedObject.namespace ?? 'default') !== namespace && involvedObject.namespace !== undefined)
      continue;
    if (kind !== undefined && involvedObject.kind !== kind) continue;
    if (name !== undefined && involvedObject.name !== name) continue;
    reasons.add(event.reason ?? '');
    if (event.reason === reason && (message === undefined || event.message?.includes(message) === true))
      seen += event.series?.count ?? event.count ?? 1;
  }
  const path = `events ${[kind, name, reason, message].filter((part) => part !== undefined).join(' ')}`;
  const ok = count === undefined ? seen > 0 : seen === count;
  const got = seen > 0 || reasons.size === 0 ? String(seen) : `0, only ${[...reasons].sort().join(', ')}`;
  return { path, wanted: count === undefined ? 'at least 1' : String(count), got, ok };
}

const MAX_SHOWN = 300;

function logsLeaf(spec: NonNullable<Expectation['logs']>, context: ExpectationContext): GoalLeaf {
  const { cluster, mirror } = context;
  const { pod, selector, namespace = 'default', container, contains } = spec;
  const labels = selector === undefined ? undefined : parseSelector(selector);
  const client = cluster.client('scenario');
  let all = '';
  for (const object of mirror.objects(anyKindOf(podKind))) {
    if (namespaceOf(object) !== namespace || (pod !== undefined && nameOf(object) !== pod)) continue;
    if (labels !== undefined && !('error' in labels) && !labels.matches(object.metadata.labels)) continue;
    const name = container ?? (object as Pod).spec.containers[0]?.name ?? '';
    const stream = client.stream(podKind, 'get', nameOf(object), namespace, 'log', { container: name });
    if (!stream.ok) all += stream.status.message ?? '';
    else {
      stream.value.onOutput(({ text }) => {
        all += text;
      });
      stream.value.close();
    }
  }
  const ok = all.includes(contains);
  return {
    path: `logs ${pod ?? selector ?? ''}`.trim(),
    wanted: contains,
    got: ok ? contains : all.slice(-MAX_SHOWN),
    ok,
  };
}
