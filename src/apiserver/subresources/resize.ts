import type { Subresource } from '../context.ts';
import { part } from './part.ts';

/** Changes what a pod's containers ask for while they run (pkg/registry/core/pod/strategy.go podResizeStrategy). */
export const resize: Subresource = part('resize');
