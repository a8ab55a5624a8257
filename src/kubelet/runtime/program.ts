import type { AppContext } from '../apps/app.ts';

/** Runs a real component in a container; everything it does hangs on `ctx.process`. */
export type ProgramStart = (ctx: AppContext) => void;

/**
 * Programs that image data cannot describe: image repository (`registry.k8s.io/kube-proxy`) -> what its
 * executable does. The simulated components run in containers this way.
 */
export type ProgramTable = ReadonlyMap<string, ProgramStart>;
