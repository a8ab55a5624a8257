import type { JsonObject } from '../apimachinery/json.ts';
import { DEFAULT_NODE, type NodeSpec } from '../cluster/spec.ts';
import { hashOf } from './hash.ts';
import type { Level } from './level.ts';

export interface SandboxOptions {
  /** How many workers, or what they are. */
  readonly nodes: number | readonly NodeSpec[];
  readonly images?: Readonly<Record<string, JsonObject>>;
  readonly objects?: readonly JsonObject[];
  readonly files?: ReadonlyMap<string, string>;
}

/** The ships of a sandbox: all of one size. */
export interface Fleet {
  readonly ships: number;
  readonly cpu: string;
  readonly memory: string;
}

/** The machines of a fleet. */
export function fleetNodes({ ships, cpu, memory }: Fleet): readonly NodeSpec[] {
  return Array.from({ length: ships }, (_, i) => ({ name: `node-${i + 1}`, cpu, memory }));
}

/** The fleet that a sandbox was begun with. */
export function fleetOf(nodes: readonly NodeSpec[]): Fleet {
  const { cpu = DEFAULT_NODE.cpu, memory = DEFAULT_NODE.memory } = nodes[0] ?? {};
  return { ships: nodes.length, cpu, memory };
}

export const SANDBOX_ID = 'sandbox';

/** A level without goals: a cluster to try things on, faults included. */
export function sandboxLevel(options: SandboxOptions): Level {
  const { images = {}, objects = [], files = new Map<string, string>() } = options;
  const nodes =
    typeof options.nodes === 'number'
      ? Array.from({ length: options.nodes }, (_, i): NodeSpec => ({ name: `node-${i + 1}` }))
      : options.nodes;
  const content = [...files].flat();
  return {
    id: SANDBOX_ID,
    hash: hashOf([JSON.stringify({ nodes, images, objects }), ...content]),
    title: { en: 'Sandbox', ko: '연습 항구' },
    idea: { en: 'Try anything.', ko: '무엇이든 해 보세요.' },
    briefing: {
      en: 'There is nothing to win here. Try things, break things, watch what happens.',
      ko: '여기에는 이기고 지는 것이 없습니다. 해 보고, 부수고, 무슨 일이 일어나는지 살펴보세요.',
    },
    chapter: SANDBOX_ID,
    order: 1,
    teaches: [],
    needs: [],
    ideas: new Map(),
    handbook: undefined,
    cluster: { nodes, images },
    allow: { kubectl: undefined, commands: undefined },
    settle: 0,
    timeline: [],
    goals: [],
    hold: 0,
    limit: undefined,
    hints: [],
    par: { service: 0, cargo: 0, helm: 0 },
    solutions: [],
    wrong: [],
    debrief: { en: '', ko: '' },
    objects,
    files,
    solutionFiles: new Map(),
    sandbox: true,
  };
}
