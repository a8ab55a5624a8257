import type { SandboxConfig, SandboxStatus } from '../cri.ts';
import type { PidNamespace } from './pidnamespace.ts';

/** A pod's sandbox: its network, and what its containers see of the pod. */
export interface Sandbox {
  status: SandboxStatus;
  readonly config: SandboxConfig;
  /** The host's rules that forward to it. */
  readonly ruleKeys: readonly string[];
  /** False once its address was given back. */
  holdsAddress: boolean;
  /** The process numbers that its containers share, once one of them has asked for that. */
  pids?: PidNamespace;
}
