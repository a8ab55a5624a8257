import type { Subresource } from '../context.ts';
import { part } from './part.ts';

/** Adds containers to a pod that runs, as `kubectl debug` does (pkg/registry/core/pod/strategy.go podEphemeralContainersStrategy). */
export const ephemeralContainers: Subresource = part('ephemeralcontainers');
