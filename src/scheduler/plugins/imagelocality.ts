import type { PodSpec } from '../../api/generated/types.ts';
import { StateKey } from '../cyclestate.ts';
import type { PluginFactory } from '../framework.ts';
import { MAX_NODE_SCORE } from '../maxscore.ts';
import { SUCCESS } from '../status.ts';

const NAME = 'ImageLocality';

const MEBIBYTE = 1024 * 1024;
/** Less than this is not worth preferring a node; more than this a container counts as this. */
const MIN_BYTES = 23 * MEBIBYTE;
const MAX_BYTES_PER_CONTAINER = 1000 * MEBIBYTE;

/** An image of the pod that lies on some node: its size, less the rarer it is. */
interface WantedImage {
  readonly name: string;
  readonly scaled: number;
}

/** The pod's images: how much those count that every node has, and which only some have. */
interface Wanted {
  readonly everywhere: number;
  readonly somewhere: readonly WantedImage[];
}

const NONE: Wanted = Object.freeze({ everywhere: 0, somewhere: Object.freeze([]) });
const WANTED = new StateKey<Wanted>(NAME);

/**
 * Prefers nodes that have the pod's images already. Images count in proportion to how many nodes
 * have them, so that pods do not heap up on the first node (plugins/imagelocality).
 */
export const imageLocality: PluginFactory = {
  name: NAME,
  create: ({ cache }) => ({
    name: NAME,
    preScore(state, { pod }) {
      const total = cache.nodes.length;
      const somewhere: WantedImage[] = [];
      let everywhere = 0;
      for (const name of imagesOf(pod.spec)) {
        const image = cache.image(name);
        if (image === undefined) continue;
        const scaled = Math.trunc(image.size * (image.nodes / total));
        if (image.nodes === total) everywhere += scaled;
        else somewhere.push({ name, scaled });
      }
      state.write(WANTED, { everywhere, somewhere });
      return SUCCESS;
    },
    score(state, { pod }, nodes, scores) {
      const { everywhere, somewhere } = state.read(WANTED) ?? NONE;
      scores.fill(scoreOf(pod.spec, everywhere), 0, nodes.length);
      if (somewhere.length === 0) return;
      nodes.forEach(({ images }, i) => {
        let sum = everywhere;
        for (const { name, scaled } of somewhere) if (images.has(name)) sum += scaled;
        scores[i] = scoreOf(pod.spec, sum);
      });
    },
  }),
};

function scoreOf({ containers, initContainers }: PodSpec, sum: number): number {
  if (sum <= MIN_BYTES) return 0;
  const most = MAX_BYTES_PER_CONTAINER * (containers.length + (initContainers?.length ?? 0));
  return Math.floor((MAX_NODE_SCORE * (Math.min(sum, most) - MIN_BYTES)) / (most - MIN_BYTES));
}

/** The images of all containers, named as nodes name them: with a tag. */
function imagesOf({ initContainers, containers }: PodSpec): string[] {
  const out: string[] = [];
  for (const list of [initContainers ?? [], containers]) {
    for (const { image = '' } of list) {
      out.push(image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image);
    }
  }
  return out;
}
