import type { Subresource } from '../context.ts';
import { part } from './part.ts';

/** The status of any kind that keeps it apart: the spec is not touched by it, nor it by the spec. */
export const status: Subresource = part('status');
