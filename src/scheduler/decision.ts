import type { Decision } from '../sim/cause.ts';
import { type DecisionWords, decisionWords } from './decisionwords.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { PodInfo } from './podinfo.ts';
import type { Scorer, Scores } from './runner.ts';
import type { Status } from './status.ts';

/** Clusters up to this size are recorded node by node; of larger ones the best and some of the rest. */
const COMPLETE_NODES = 100;
const BEST_KEPT = 10;
const REJECTED_KEPT = 50;

/** Nodes are places in `SchedulingDecision.nodeNames`. */
interface Rejections {
  readonly nodes: Packed;
  /** What for: places in `statuses`. */
  readonly verdicts: Packed;
  readonly statuses: readonly Status[];
}

interface Scoring {
  readonly scorers: readonly Scorer[];
  readonly nodes: Packed;
  /** Scaled scores, 0 to 100: those of the first node, then those of the second ... */
  readonly final: Packed;
  /** What the scorers that are scaled gave, in the same order; absent: only zeros. */
  readonly raw: Packed | Float64Array | undefined;
}

/**
 * The record of one scheduling attempt: what each node was rejected for or how it scored, and what
 * came of it. It is kept as long as the write that it caused, so it is packed; `describeDecision`
 * unpacks it. The fields that say how the attempt ended are set before the first write it causes
 * can be read.
 */
export interface SchedulingDecision extends Decision {
  readonly type: 'scheduling';
  /** `namespace/name` */
  readonly pod: string;
  readonly uid: string;
  /** Virtual time, ms since the epoch. */
  readonly time: number;
  /** 1 for the first attempt at this pod since the scheduler started. */
  readonly attempt: number;
  /** Nodes of the cluster, and how many of them were looked at. */
  readonly total: number;
  readonly evaluated: number;
  /** All nodes at that time; shared by the decisions made on them. */
  readonly nodeNames: readonly string[];
  readonly rejections?: Rejections | undefined;
  /** How many nodes each reason holds for, the nodes that are not in `rejections` included. */
  readonly reasons: ReadonlyMap<string, number>;
  readonly scoring?: Scoring | undefined;
  /** The node chosen. Where only one fits it is taken without scoring. */
  node?: string | undefined;
  /** Why the pod was not assigned, as its event says; beside `node` when the binding failed. */
  message?: string | undefined;
  /** Where room is being made for it. */
  nominatedNode?: string | undefined;
}

const NO_REASONS: ReadonlyMap<string, number> = new Map();

/** What a cycle has to tell about an attempt. */
export interface Attempt {
  readonly info: PodInfo;
  readonly time: number;
  readonly attempt: number;
  readonly nodeNames: readonly string[];
  readonly diagnosis: Diagnosis;
  /** Absent when no node was left, or only one. */
  readonly scores?: Scores;
  readonly feasible: readonly NodeInfo[];
}

/** Makes the records of a scheduler's attempts. What one says of rejected nodes is often what the last one said. */
export class DecisionRecorder {
  #rejections: Rejections | undefined;
  #reasons = NO_REASONS;
  #final: Packed = '';
  #raw: Scoring['raw'];

  /** Packs the record of an attempt. All fields are set, so that all records have one shape. */
  record(attempt: Attempt): SchedulingDecision {
    const { info, diagnosis, scores, feasible, nodeNames } = attempt;
    const restricted = diagnosis.absent.reasons.length > 0;
    // Nodes that were never candidates count as rejected; nodes that were not reached do not.
    const judged = restricted ? nodeNames.length - feasible.length : diagnosis.nodes.length;
    const looked = diagnosis.nodes.length + feasible.length;
    return {
      type: 'scheduling',
      pod: info.key,
      uid: info.uid,
      time: attempt.time,
      attempt: attempt.attempt,
      total: nodeNames.length,
      evaluated: restricted ? nodeNames.length : looked,
      nodeNames,
      rejections: this.#packRejections(diagnosis, nodeNames.length),
      reasons:
        diagnosis.nodes.length === 0 && !restricted ? NO_REASONS : this.#share(diagnosis.reasons(judged)),
      scoring: scores === undefined ? undefined : this.#packScores(scores, feasible, nodeNames.length),
      node: undefined,
      message: undefined,
      nominatedNode: undefined,
    };
  }

  #packRejections(diagnosis: Diagnosis, total: number): Rejections | undefined {
    const all = diagnosis.nodes.length;
    if (all === 0) return undefined;
    const count = total <= COMPLETE_NODES ? all : Math.min(all, REJECTED_KEPT);
    const places: number[] = [];
    const verdicts: number[] = [];
    const statuses: Status[] = [];
    for (let i = 0; i < count; i++) {
      places.push((diagnosis.nodes[i] as NodeInfo).index);
      const status = diagnosis.statuses[i] as Status;
      let at = statuses.indexOf(status);
      if (at < 0) at = statuses.push(status) - 1;
      verdicts.push(at);
    }
    const packed = { nodes: pack(places), verdicts: pack(verdicts), statuses };
    const last = this.#rejections;
    const same =
      last?.nodes === packed.nodes &&
      last.verdicts === packed.verdicts &&
      last.statuses.length === statuses.length &&
      last.statuses.every((status, i) => status === statuses[i]);
    if (!same) this.#rejections = packed;
    return this.#rejections;
  }

  #packScores(
    { scorers, raw, final, totals }: Scores,
    feasible: readonly NodeInfo[],
    total: number,
  ): Scoring {
    const places = total <= COMPLETE_NODES ? feasible.map((_, i) => i) : best(totals, feasible.length);
    const packed = pack(columns(final, places));
    if (packed !== this.#final) this.#final = packed;
    const given = packRaw(scorers, raw, places);
    if (given !== this.#raw) this.#raw = given;
    const indexes = new Array<number>(places.length);
    for (let i = 0; i < places.length; i++) indexes[i] = (feasible[places[i] as number] as NodeInfo).index;
    const nodes = pack(indexes);
    return { scorers, nodes, final: this.#final, raw: this.#raw };
  }

  #share(reasons: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    let same = this.#reasons.size === reasons.size;
    for (const [reason, count] of reasons) same &&= this.#reasons.get(reason) === count;
    if (!same) this.#reasons = reasons;
    return this.#reasons;
  }
}

/**
 * Whole numbers below 2^32 in a string: a tenth of what a typed array takes beside its numbers. The
 * first unit says how many units each number has; a string of units below 256 takes a byte for each.
 */
type Packed = string;

const UNIT = 0x10000;

/** Packs at most some thousand numbers. */
export function pack(numbers: readonly number[]): Packed {
  let width = 1;
  for (let i = 0; i < numbers.length; i++) if ((numbers[i] as number) >= UNIT) width = 2;
  const units = new Array<number>(1 + width * numbers.length);
  units[0] = width;
  for (let i = 0; i < numbers.length; i++) {
    const n = numbers[i] as number;
    units[1 + width * i] = n & 0xffff;
    if (width === 2) units[2 + width * i] = n >>> 16;
  }
  return String.fromCharCode.apply(undefined, units);
}

/** What all the arrays have at the first place, then at the second ... */
function columns(arrays: readonly Float64Array[], places: readonly number[]): number[] {
  const out = new Array<number>(arrays.length * places.length);
  let next = 0;
  for (let p = 0; p < places.length; p++)
    for (let a = 0; a < arrays.length; a++)
      out[next++] = (arrays[a] as Float64Array)[places[p] as number] as number;
  return out;
}

function packedLength(packed: Packed): number {
  return (packed.length - 1) / packed.charCodeAt(0);
}

function unpack(packed: Packed, at: number): number {
  if (packed.charCodeAt(0) === 1) return packed.charCodeAt(1 + at);
  return packed.charCodeAt(1 + 2 * at) + packed.charCodeAt(2 + 2 * at) * UNIT;
}

function packRaw(
  scorers: readonly Scorer[],
  raw: readonly Float64Array[],
  places: readonly number[],
): Scoring['raw'] {
  const given = columns(
    raw.filter((_, s) => scorers[s]?.normalized === true),
    places,
  );
  let zero = true;
  let whole = true;
  for (let i = 0; i < given.length; i++) {
    const score = given[i] as number;
    zero &&= score === 0;
    whole &&= score >= 0 && score === score >>> 0;
  }
  if (zero) return undefined;
  return whole ? pack(given) : Float64Array.from(given);
}

/** What the `nth` of the `count` scorers that are scaled gave the node of a row. */
function rawAt({ raw }: Scoring, nth: number, count: number, row: number): number {
  if (raw === undefined) return 0;
  const at = row * count + nth;
  return typeof raw === 'string' ? unpack(raw, at) : (raw[at] ?? 0);
}

/** The places of the highest totals, highest first; of equals the first. */
function best(totals: Float64Array, count: number): number[] {
  const out: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const total = totals[i] as number;
    if (total <= least) continue;
    let at = out.length < BEST_KEPT ? out.length : BEST_KEPT - 1;
    for (; at > 0 && (totals[out[at - 1] as number] as number) < total; at--) out[at] = out[at - 1] as number;
    out[at] = i;
    if (out.length === BEST_KEPT) least = totals[out[BEST_KEPT - 1] as number] as number;
  }
  return out;
}

/** What a scorer said of a node. */
export interface ScoreCell {
  readonly plugin: string;
  /** As the plugin gave it. */
  readonly raw: number;
  /** Scaled to 0 to 100. */
  readonly score: number;
  /** `score` times the plugin's weight: what it adds to the total. */
  readonly weighted: number;
}

/** One node of a decision: rejected by a plugin for reasons, or scored. */
export interface DecisionRow {
  readonly node: string;
  readonly chosen: boolean;
  readonly rejectedBy?: string;
  readonly reasons: readonly string[];
  readonly scores: readonly ScoreCell[];
  readonly total?: number;
}

/** A decision laid out as a table of nodes and plugins. */
export interface DecisionTable {
  /** One sentence: what came of it and why. */
  readonly summary: string;
  /** The plugins that scored, in the order of each row's `scores`. */
  readonly plugins: readonly string[];
  /** Scored nodes, best first, then rejected ones by name. */
  readonly rows: readonly DecisionRow[];
  /** How many nodes of the cluster are in no row: not looked at, or left out of the record. */
  readonly omitted: number;
}

/** Lays a recorded decision out for people. */
export function describeDecision(
  decision: SchedulingDecision,
  words: DecisionWords = decisionWords,
): DecisionTable {
  const scored = scoredRows(decision).sort(
    (a, b) => (b.total ?? 0) - (a.total ?? 0) || Number(b.chosen) - Number(a.chosen),
  );
  const rejected = rejectedRows(decision).sort((a, b) => (a.node < b.node ? -1 : 1));
  const rows = [...scored, ...rejected];
  return {
    summary: summarize(decision, scored, words),
    plugins: decision.scoring?.scorers.map(({ name }) => name) ?? [],
    rows,
    omitted: decision.total - rows.length,
  };
}

function scoredRows({ scoring, nodeNames, node }: SchedulingDecision): DecisionRow[] {
  if (scoring === undefined) {
    return node === undefined ? [] : [{ node, chosen: true, reasons: [], scores: [] }];
  }
  const scaled = scoring.scorers.filter(({ normalized }) => normalized).length;
  return Array.from({ length: packedLength(scoring.nodes) }, (_, row) => {
    let nth = 0;
    const scores = scoring.scorers.map(({ name, weight, normalized }, s): ScoreCell => {
      const score = unpack(scoring.final, row * scoring.scorers.length + s);
      const raw = normalized ? rawAt(scoring, nth++, scaled, row) : score;
      return { plugin: name, raw, score, weighted: score * weight };
    });
    const name = nodeNames[unpack(scoring.nodes, row)] ?? '';
    const total = scores.reduce((sum, { weighted }) => sum + weighted, 0);
    return { node: name, chosen: name === node, reasons: [], scores, total };
  });
}

function rejectedRows({ rejections, nodeNames }: SchedulingDecision): DecisionRow[] {
  if (rejections === undefined) return [];
  return Array.from({ length: packedLength(rejections.nodes) }, (_, i) => {
    const status = rejections.statuses[unpack(rejections.verdicts, i)];
    return {
      node: nodeNames[unpack(rejections.nodes, i)] ?? '',
      chosen: false,
      ...(status === undefined ? {} : { rejectedBy: status.plugin }),
      reasons: status?.reasons ?? [],
      scores: [],
    };
  });
}

function summarize(
  decision: SchedulingDecision,
  scored: readonly DecisionRow[],
  words: DecisionWords,
): string {
  const { pod, node, total, evaluated, reasons, message } = decision;
  if (node === undefined) return words.notAssigned(pod, message);
  if (message !== undefined) return words.notBound(pod, node, message);
  const rejected = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  const facts = { pod, node, total, evaluated, rejected };
  const score = scored[0]?.total;
  if (score === undefined) return words.onlyOne(facts);
  const tied = scored.filter((row) => row.total === score && !row.chosen).map((row) => row.node);
  const next = scored.find((row) => row.total !== undefined && row.total < score);
  return words.highest({
    ...facts,
    score,
    tied,
    next: next?.total === undefined ? undefined : { node: next.node, score: next.total },
  });
}

/** Whether a recorded decision is one of the scheduler's. */
export function isSchedulingDecision(decision: Decision | undefined): decision is SchedulingDecision {
  return decision?.type === 'scheduling';
}
