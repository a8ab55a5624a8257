import type { KindDefinition } from '../api/kind.ts';
import type { JsonObject } from '../apimachinery/json.ts';
import { isObject, own } from '../apimachinery/object.ts';
import { Cluster } from '../cluster/cluster.ts';
import type { ClusterSpec } from '../cluster/spec.ts';
import { ImageRegistry } from '../kubelet/runtime/imageregistry.ts';
import { Priority } from '../sim/queue.ts';
import { newExpectation } from './expectations.ts';
import { Hand, type HandOutcome } from './hand.ts';
import { type Issue, Issues } from './issue.ts';
import { kindNamed } from './kindof.ts';
import { checkControlPlane, controlPlaneOf } from './level.ts';
import { type Loaded, readDocument } from './loader.ts';
import { Mirror } from './mirror.ts';
import { PlayerFiles } from './playerfiles.ts';
import { type Scenario, type ScenarioStep, scenarioShape } from './scenarioshape.ts';
import { Usage } from './usage.ts';

/** What came of one expectation, or of one step. */
export interface ScenarioResult {
  readonly kind: 'step' | 'expect';
  /** Counts from 0, as in the file. */
  readonly index: number;
  readonly ok: boolean;
  /** ms since the scenario began: when it was judged, or when it was first broken. */
  readonly at: number;
  readonly wanted: string;
  readonly got: string;
}

export interface ScenarioReport {
  readonly name: string;
  readonly ok: boolean;
  readonly seed: number;
  /** What keeps the scenario from being run at all. */
  readonly problem: string | undefined;
  readonly results: readonly ScenarioResult[];
  /** Equal for equal runs. */
  readonly stateHash: string;
}

const SECOND = 1000;
const DEFAULT_NODES = 3;
/** After the last date, for commands that are still running. */
const GRACE_MS = 60_000;

/** Reads a scenario file; nothing in it is run. */
export function loadScenario(file: string, content: string): Loaded<Scenario> {
  const issues: Issue[] = [];
  const read = readDocument(new Map([[file, content]]), file, scenarioShape, issues);
  if (read === undefined) return { ok: false, issues };
  const found = new Issues(file, read.document);
  for (const problem of new ImageRegistry().add(read.value.given.images ?? {}))
    found.add('InvalidValue', 'given.images', 'images as assets/images.json has them', problem);
  checkControlPlane(read.value.given, 'given', found);
  read.value.given.objects?.forEach((object, i) => {
    if (kindNamed(object) === undefined)
      found.add(
        'InvalidValue',
        `given.objects[${i}].kind`,
        'a kind that the cluster has',
        String(own(object, 'kind')),
      );
  });
  return found.list.length > 0 ? { ok: false, issues: found.list } : { ok: true, value: read.value };
}

/** Runs a scenario on a cluster of its own. `seed` overrides the file's. */
export function runScenario(scenario: Scenario, seed: number = scenario.seed ?? 1): ScenarioReport {
  const cluster = new Cluster(specOf(scenario, seed));
  const report = (problem: string | undefined, results: readonly ScenarioResult[]): ScenarioReport => ({
    name: scenario.name,
    ok: problem === undefined && results.every(({ ok }) => ok),
    seed,
    problem,
    results,
    stateHash: cluster.stateHash(),
  });
  if (!cluster.boot()) return report('the cluster does not come up', []);
  cluster.runFor(SECOND - (cluster.sim.now() % SECOND));
  const hand = new Hand(cluster, 'scenario', new PlayerFiles(new Map()));
  const start = cluster.sim.now();
  const { objects = [] } = scenario.given;
  const given = objects.length === 0 ? undefined : hand.apply(objects);
  const steps = (scenario.steps ?? []).map((step) => scheduleStep(step, cluster, hand, start));
  const mirror = new Mirror(cluster);
  const usage = new Usage(mirror);
  cluster.onCommit((record) => mirror.commit(record));
  const expectations = (scenario.expect ?? []).map((expectation) =>
    newExpectation(expectation, { cluster, mirror, usage, start }),
  );
  cluster.sim.runUntil(start + lastDate(scenario));
  if (steps.some((step) => step.running())) cluster.runFor(GRACE_MS);
  const refused = given?.();
  if (refused !== undefined && refused.exitCode !== 0)
    return report(`given.objects: ${refused.errors.trim()}`, []);
  const stepResults = steps.map((step, index): ScenarioResult => ({ kind: 'step', index, ...step.result() }));
  const expectResults = expectations.map(
    (result, index): ScenarioResult => ({ kind: 'expect', index, ...result() }),
  );
  return report(undefined, [...stepResults, ...expectResults]);
}

function specOf(scenario: Scenario, seed: number): ClusterSpec {
  const { nodes, images, loadBalancers } = scenario.given;
  return {
    seed,
    nodes: nodes ?? Array.from({ length: DEFAULT_NODES }, (_, i) => ({ name: `n${i + 1}` })),
    ...(images === undefined ? {} : { images }),
    ...controlPlaneOf(scenario.given),
    ...(loadBalancers === undefined ? {} : { loadBalancers }),
  };
}

function lastDate(scenario: Scenario): number {
  const dates = [
    0,
    ...(scenario.steps ?? []).map(({ at }) => at),
    ...(scenario.expect ?? []).map(({ at, during }) => at ?? during?.[1] ?? 0),
  ];
  return dates.reduce((last, date) => Math.max(last, date), 0);
}

interface RunningStep {
  running(): boolean;
  result(): Omit<ScenarioResult, 'kind' | 'index'>;
}

/** What a step came to: a refusal's code, if any, and its words; undefined while it runs. */
interface StepOutcome {
  readonly failed: boolean;
  readonly code: number | undefined;
  readonly message: string;
  readonly output: string;
}

function scheduleStep(step: ScenarioStep, cluster: Cluster, hand: Hand, start: number): RunningStep {
  let outcome: (() => StepOutcome | undefined) | undefined;
  cluster.sim.at(
    start + step.at,
    () => {
      outcome = perform(step, cluster, hand);
    },
    Priority.input,
  );
  const { expectError, expectOutput } = step;
  const wanted =
    expectError === undefined
      ? expectOutput === undefined
        ? 'done'
        : `done, saying "${expectOutput}"`
      : typeof expectError === 'number'
        ? `refused with ${expectError}`
        : `refused with "${expectError}"`;
  return {
    running: () => outcome?.() === undefined,
    result() {
      const now = outcome?.();
      if (now === undefined) return { ok: false, at: step.at, wanted, got: 'still running' };
      const said = expectOutput === undefined ? 'done' : `done, saying "${now.output.trim()}"`;
      const got = now.failed ? `${now.code ?? ''} ${now.message}`.trim() : said;
      const ok = isAsExpected(now, expectError) && now.output.includes(expectOutput ?? '');
      return { ok, at: step.at, wanted, got };
    },
  };
}

function isAsExpected(outcome: StepOutcome, expectError: number | string | undefined): boolean {
  if (expectError === undefined) return !outcome.failed;
  if (!outcome.failed) return false;
  return typeof expectError === 'number'
    ? outcome.code === expectError
    : outcome.message.includes(expectError);
}

function perform(step: ScenarioStep, cluster: Cluster, hand: Hand): () => StepOutcome | undefined {
  if (step.fault !== undefined) {
    const problem = cluster.inject(step.fault);
    const outcome = { failed: problem !== undefined, code: undefined, message: problem ?? '', output: '' };
    return () => outcome;
  }
  if (step.delete !== undefined) {
    const outcome = deleteAll(step.delete, cluster);
    return () => outcome;
  }
  if (step.shell !== undefined) {
    const run = hand.shell(step.shell);
    return () => outcomeOf(run());
  }
  const run = step.apply === undefined ? hand.kubectl(step.kubectl ?? '') : hand.apply(step.apply);
  return () => outcomeOf(run());
}

function outcomeOf({ exitCode, output, errors, refusal }: HandOutcome): StepOutcome | undefined {
  if (exitCode === undefined) return undefined;
  return { failed: exitCode !== 0, code: refusal?.code, message: errors.trim(), output };
}

function deleteAll(objects: readonly JsonObject[], cluster: Cluster): StepOutcome {
  const client = cluster.client('scenario');
  for (const object of objects) {
    const kind = kindNamed(object);
    if (kind === undefined)
      return { failed: true, code: 404, message: `unknown kind ${String(own(object, 'kind'))}`, output: '' };
    const { name, namespace } = nameIn(object, kind);
    const result = client.delete(kind, name, namespace);
    if (!result.ok)
      return { failed: true, code: result.status.code, message: result.status.message ?? '', output: '' };
  }
  return { failed: false, code: undefined, message: '', output: '' };
}

/** The name and namespace that a manifest gives. */
function nameIn(object: JsonObject, kind: KindDefinition): { name: string; namespace: string | undefined } {
  const metadata = own(object, 'metadata');
  const of = (key: string): string | undefined => {
    const value = isObject(metadata) ? own(metadata, key) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return { name: of('name') ?? '', namespace: kind.namespaced ? (of('namespace') ?? 'default') : undefined };
}
