import type { JsonObject } from '../apimachinery/json.ts';
import { isQuantityError, parseQuantity } from '../apimachinery/quantity.ts';
import {
  type ClusterSpec,
  CONTROL_PLANES,
  type ControlPlanes,
  controlPlaneNames,
  type NodeSpec,
} from '../cluster/spec.ts';
import { faultShape } from './faultshape.ts';
import { type GoalSpec, goalShape } from './goalspec.ts';
import type { Issues } from './issue.ts';
import { localized } from './localized.ts';
import { moveShape } from './move.ts';
import { placeShape, urlShape } from './place.ts';
import { rateShape } from './rates/registry.ts';
import {
  described,
  duration,
  exactlyOne,
  flag,
  freeObject,
  integer,
  list,
  manifest,
  number,
  type Out,
  oneOf,
  record,
  refine,
  slug,
  struct,
  text,
} from './shape.ts';
import { templateShape } from './template.ts';
import { ideaNames } from './texts/ideas.ts';
import type { Texts } from './types.ts';

export const LEVEL_API_VERSION = 'shipshape/v1';
/** Hints go from a nudge to the solution: fewer steps than this help nobody. */
export const MIN_HINTS = 3;
const MAX_LEVEL_NODES = 200;
/** Names that machines of every cluster have. */
const RESERVED: ReadonlySet<string> = new Set(['outside', 'control-plane']);

const quantity = refine(text({ max: 30 }), (value, path, issues) => {
  if (!isQuantityError(parseQuantity(value))) return true;
  issues.add('InvalidValue', path, 'a quantity such as 4, 500m or 8Gi', value);
  return false;
});

const nodeFields = {
  cpu: quantity,
  memory: quantity,
  pods: integer(1, 1000),
  ephemeralStorage: quantity,
  labels: record(text({ min: 0, max: 63 }), 30),
  taints: list(
    struct(
      { key: text({ max: 316 }), effect: oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) },
      { value: text({ min: 0, max: 63 }) },
    ),
    0,
    20,
  ),
  bandwidth: integer(1, 100_000_000_000),
  images: list(text({ max: 400 }), 0, 100),
} as const;

const nodeName = refine(slug(), (name, path, issues) => {
  if (!RESERVED.has(name)) return true;
  issues.add('Conflict', path, 'a name that no other machine has', name);
  return false;
});

const node = struct({ name: nodeName }, nodeFields);

/** The machines of a level or a scenario, each with a name of its own. */
export function clusterFields(maxNodes: number) {
  return {
    nodes: described(
      'The workers: name, and what each can carry; by default cpu "4", memory 8Gi, 110 pods.',
      refine(list(node, 0, maxNodes), (nodes, path, issues) => {
        const names = nodes.map(({ name }) => name);
        const again = names.findIndex((name, i) => names.indexOf(name) !== i);
        if (again < 0) return true;
        issues.add('Conflict', `${path}[${again}].name`, 'a name of its own', `${names[again] ?? ''} again`);
        return false;
      }),
    ),
    images: described(
      'Images beside those of the registry in assets/images.json, and how their programs behave.',
      record(freeObject, 200),
    ),
    controlPlane: described('The nodes of the control plane.', struct({}, { name: slug(), ...nodeFields })),
    controlPlanes: described(
      'How many machines the control plane has, each with a member of etcd: 1, 3 or 5.',
      refine(integer(1, 5), (count, path, issues) => {
        if (isControlPlanes(count)) return true;
        issues.add('InvalidValue', path, 'one of 1, 3, 5', String(count));
        return false;
      }),
    ),
    loadBalancers: described(
      'Whether a cloud gives Services of type LoadBalancer an address; default: they stay pending.',
      flag,
    ),
  } as const;
}

function isControlPlanes(count: number): count is ControlPlanes {
  return (CONTROL_PLANES as readonly number[]).includes(count);
}

/** The control plane's part of a cluster's spec, from the fields of a level or a scenario. */
export function controlPlaneOf(fields: {
  readonly controlPlane?: ClusterSpec['controlPlane'] | undefined;
  readonly controlPlanes?: number | undefined;
}): Pick<ClusterSpec, 'controlPlane' | 'controlPlanes'> {
  const { controlPlane, controlPlanes } = fields;
  return {
    ...(controlPlane === undefined ? {} : { controlPlane }),
    ...(controlPlanes === undefined || !isControlPlanes(controlPlanes) ? {} : { controlPlanes }),
  };
}

/** Whether the control plane has a name of its own; says so when it has not. */
export function checkControlPlane(
  cluster: {
    readonly nodes?: readonly NodeSpec[];
    readonly controlPlane?: { readonly name?: string };
    readonly controlPlanes?: number;
  },
  path: string,
  issues: Issues,
): void {
  const names = controlPlaneNames(controlPlaneOf(cluster));
  const taken = names.some(
    (name) => name === 'outside' || cluster.nodes?.some((worker) => worker.name === name),
  );
  if (taken)
    issues.add('Conflict', `${path}.controlPlane.name`, 'a name that no other machine has', names.join(', '));
}

const levelCluster = clusterFields(MAX_LEVEL_NODES);

const eventShape = exactlyOne(
  struct(
    { at: duration },
    {
      fault: faultShape,
      apply: list(manifest, 1, 50),
      kubectl: text({ max: 1000 }),
      /** The load on a traffic goal, or a load of its own when a URL is given. */
      traffic: struct({ name: slug(), rate: rateShape }, { url: urlShape, from: placeShape }),
      /** What the player is told. */
      note: localized(300),
    },
  ),
  ['fault', 'apply', 'kubectl', 'traffic'],
);

/** Something that happens in a level whatever the player does. */
export type TimelineEvent = Out<typeof eventShape>;

const solution = struct({ name: text({ max: 100 }), moves: list(moveShape, 1, 200) }, {});
const wrong = struct({ name: text({ max: 100 }), moves: list(moveShape, 0, 200), fails: slug() }, {});

const specShape = struct(
  {
    title: described('Shown in menus.', localized(60)),
    idea: described('What the level is about, in one sentence.', localized(200)),
    chapter: described('The chapter it belongs to: the name in chapter.yaml.', slug()),
    order: described('Its place in the chapter.', integer(1, 999)),
    teaches: described('Ideas that the player knows after winning.', list(slug(), 1, 20)),
    cluster: described(
      'The machines and images there are.',
      struct({ nodes: levelCluster.nodes }, levelCluster),
    ),
    goals: described(
      'What must be so. Each has exactly one of state, traffic, never, budget, answer.',
      list(goalShape, 1, 30),
    ),
    hints: described('From a nudge to the solution, in order.', list(localized(1000), MIN_HINTS, 20)),
    par: struct(
      { service: number(0, 1_000_000), cargo: number(0, 10_000_000), helm: integer(0, 10_000) },
      {},
    ),
    solutions: described(
      'The reference solution first, then at least one other correct one.',
      list(solution, 2, 10),
    ),
    wrong: described('Attempts that must not win, each with the goal at which it fails.', list(wrong, 1, 20)),
    debrief: described(
      'Closing words with facts of the run: {moves}, {drift}, {time}, {nodes:app=web}.',
      templateShape(4000),
    ),
  },
  {
    needs: described('Ideas that earlier levels teach.', list(slug(), 0, 20)),
    ideas: described(
      'Names of ideas that the game has none for, by the words used in teaches and needs.',
      record(localized(60), 40),
    ),
    allow: described(
      'The kubectl verbs and the commands that the level has; all when left out.',
      struct({}, { kubectl: list(slug(), 0, 60), commands: list(slug(), 0, 60) }),
    ),
    settle: described('Virtual time between the start objects and the beginning; default 10s.', duration),
    hold: described('How long everything must be in order to win; default 10s.', duration),
    limit: described('When the level is lost.', duration),
    timeline: described(
      'What happens whatever the player does, by time since the beginning.',
      list(eventShape, 0, 200),
    ),
  },
);

/** level.yaml as a whole. */
export const levelShape = struct(
  {
    apiVersion: oneOf([LEVEL_API_VERSION]),
    kind: oneOf(['Level']),
    metadata: struct({ name: slug() }, {}),
    spec: specShape,
  },
  {},
);

/** chapter.yaml beside the levels of a chapter. */
export const chapterShape = struct(
  {
    apiVersion: oneOf([LEVEL_API_VERSION]),
    kind: oneOf(['Chapter']),
    metadata: struct({ name: slug() }, {}),
    spec: struct({ title: localized(60), idea: localized(200), order: integer(1, 999) }, {}),
  },
  {},
);

type LevelSpec = Out<typeof specShape>;

/** A chapter of the campaign. */
export interface Chapter {
  readonly id: string;
  readonly title: Texts;
  readonly idea: Texts;
  readonly order: number;
}

/** A level, read and checked. All times are ms. */
export interface Level {
  readonly id: string;
  /** Equal for equal levels, whatever they are called by: a replay says which one it was played on. */
  readonly hash: string;
  readonly title: Texts;
  /** What it is about, in one sentence. */
  readonly idea: Texts;
  readonly briefing: Texts;
  readonly chapter: string;
  readonly order: number;
  /** Ideas by name: what the player will know, and what should be known before. */
  readonly teaches: readonly string[];
  readonly needs: readonly string[];
  /** What the ideas are called on the screen. */
  readonly ideas: ReadonlyMap<string, Texts>;
  /** What to keep of the level, and what to try on a real cluster; Markdown. */
  readonly handbook: Texts | undefined;
  readonly cluster: {
    readonly nodes: readonly NodeSpec[];
    readonly images: Readonly<Record<string, JsonObject>>;
    readonly controlPlane?: ClusterSpec['controlPlane'];
    readonly controlPlanes?: ControlPlanes;
    readonly loadBalancers?: boolean;
  };
  /** The kubectl verbs and the commands there are; undefined: all of them. */
  readonly allow: {
    readonly kubectl: readonly string[] | undefined;
    readonly commands: readonly string[] | undefined;
  };
  /** Virtual time that passes between the start objects and the beginning. */
  readonly settle: number;
  readonly timeline: readonly TimelineEvent[];
  readonly goals: readonly GoalSpec[];
  /** How long the index must be 1. */
  readonly hold: number;
  readonly limit: number | undefined;
  readonly hints: readonly Texts[];
  readonly par: LevelSpec['par'];
  /** The first is the reference. */
  readonly solutions: LevelSpec['solutions'];
  readonly wrong: LevelSpec['wrong'];
  readonly debrief: Texts;
  /** Objects on the cluster at the start, in the order they are created. */
  readonly objects: readonly JsonObject[];
  /** The player's folder at the start. */
  readonly files: ReadonlyMap<string, string>;
  readonly solutionFiles: ReadonlyMap<string, string>;
  /** True: no goals, and faults may be thrown by hand. */
  readonly sandbox: boolean;
}

export const DEFAULT_SETTLE_MS = 10_000;
export const DEFAULT_HOLD_MS = 10_000;

/** A level from its parts. */
export function newLevel(
  id: string,
  spec: LevelSpec,
  parts: Pick<Level, 'hash' | 'briefing' | 'handbook' | 'objects' | 'files' | 'solutionFiles'>,
): Level {
  const { cluster, allow } = spec;
  return {
    id,
    ...parts,
    title: spec.title,
    idea: spec.idea,
    chapter: spec.chapter,
    order: spec.order,
    teaches: spec.teaches,
    needs: spec.needs ?? [],
    ideas: ideasOf(spec),
    cluster: {
      nodes: cluster.nodes,
      images: cluster.images ?? {},
      ...controlPlaneOf(cluster),
      ...(cluster.loadBalancers === undefined ? {} : { loadBalancers: cluster.loadBalancers }),
    },
    allow: { kubectl: allow?.kubectl, commands: allow?.commands },
    settle: spec.settle ?? DEFAULT_SETTLE_MS,
    timeline: spec.timeline ?? [],
    goals: spec.goals,
    hold: spec.hold ?? DEFAULT_HOLD_MS,
    limit: spec.limit,
    hints: spec.hints,
    par: spec.par,
    solutions: spec.solutions,
    wrong: spec.wrong,
    debrief: spec.debrief,
    sandbox: false,
  };
}

function ideasOf({ teaches, needs = [], ideas = {} }: LevelSpec): Level['ideas'] {
  const names = new Map<string, Texts>();
  for (const idea of [...teaches, ...needs]) {
    const name = ideas[idea] ?? ideaNames.get(idea);
    if (name !== undefined) names.set(idea, name);
  }
  return names;
}
