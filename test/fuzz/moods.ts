import type { KubeObject } from '../../src/api/object.ts';
import type { Random } from '../../src/sim/random.ts';
import { type Draws, drawCreate, PEACEFUL, PLAYER } from './actiondraws.ts';
import { metricsServer, scaledDraws } from './autoscaling.ts';
import { boundaryTime, calendarDraws, firstSchedules } from './calendar.ts';
import { CROWD_CLASSES, crowdDraws, fullDraws, priorityClasses } from './crowds.ts';
import type { Drawing, ObjectDraw } from './drawing.ts';
import { limits } from './limits.ts';
import { objectDraws } from './workloads.ts';

/** What a run is about. Some circumstances are too rare to be met by chance among everything else. */
export interface Mood {
  readonly name: string;
  readonly weight: number;
  /** Nobody takes a pod away and nothing breaks: promises hold at every instant. */
  readonly calm: boolean;
  readonly nodeCounts: readonly number[];
  readonly cpus: readonly string[];
  /** How many pods a node takes. */
  readonly pods: readonly number[];
  readonly priorityClasses: readonly string[];
  readonly objects: readonly ObjectDraw[];
  readonly player: Draws;
  /** Created before anything else. */
  given?(drawing: Drawing): readonly KubeObject[];
  /** When the cluster is switched on, ms since the epoch. */
  startTime?(random: Random): number;
}

/** Small clusters are likelier: most bugs need few nodes and show faster there. */
const NODE_COUNTS = [1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 8, 10, 15, 30] as const;
const FEW = [1, 1, 2, 2, 3] as const;
const SYSTEM_CLASSES = ['system-cluster-critical', 'system-node-critical'] as const;

const everything: Mood = {
  name: 'everything',
  weight: 12,
  calm: false,
  nodeCounts: NODE_COUNTS,
  cpus: ['1', '2', '4', '8'],
  pods: [6, 8, 20, 110],
  priorityClasses: SYSTEM_CLASSES,
  objects: objectDraws,
  player: PLAYER,
};

/** What runs are about, and how often. */
export const moods: readonly Mood[] = [
  everything,
  { ...everything, name: 'calm', weight: 5, calm: true, player: PEACEFUL },
  {
    ...everything,
    name: 'crowded',
    weight: 2,
    nodeCounts: FEW,
    cpus: ['1', '2'],
    pods: [20, 110],
    priorityClasses: CROWD_CLASSES,
    objects: crowdDraws,
    player: [...PLAYER, [25, drawCreate]],
    given: priorityClasses,
  },
  {
    ...everything,
    name: 'full',
    weight: 2,
    nodeCounts: FEW,
    pods: [7, 8, 9],
    objects: fullDraws,
    player: [
      ...PLAYER,
      [10, drawCreate],
      [8, ({ random }) => [{ do: 'markPod', namespace: 'default', nth: random.int(100) }]],
    ],
  },
  {
    ...everything,
    name: 'limited',
    weight: 1.5,
    nodeCounts: FEW,
    player: [...PLAYER, [20, drawCreate]],
    given: limits,
  },
  { ...everything, name: 'scaled', weight: 0.7, nodeCounts: FEW, objects: scaledDraws, given: metricsServer },
  {
    ...everything,
    name: 'calendar',
    weight: 1,
    nodeCounts: FEW,
    objects: calendarDraws,
    given: firstSchedules,
    startTime: boundaryTime,
  },
];
