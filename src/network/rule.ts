/** Transport protocol of a port. */
export type Transport = 'TCP' | 'UDP' | 'SCTP';

export interface Address {
  readonly ip: string;
  readonly port: number;
}

/** Where a packet may go to be translated: one address and port on a host's rule table. */
export interface Frontend {
  readonly kind: 'clusterIP' | 'nodePort' | 'externalIP' | 'loadBalancerIP' | 'hostPort';
  /** The address it stands for; absent (node ports, host ports): every address of the host. */
  readonly ip?: string;
  readonly port: number;
  readonly target: RuleTarget;
  /** Used instead of `target` for traffic that begins on this host (its pods or itself). */
  readonly localTarget?: RuleTarget;
  /** CIDRs; other sources are dropped. Absent: everybody may. */
  readonly allowedSources?: readonly string[];
}

/** Where translated traffic goes; each connection takes one of the backends with equal chance. */
export interface RuleTarget {
  readonly backends: readonly Address[];
  /** Without backends: `reject` answers "connection refused", `drop` lets the client time out. */
  readonly whenEmpty: 'reject' | 'drop';
  /** The server sees the host's address instead of the client's. */
  readonly masquerade: boolean;
}

/** Everything that one service port programs on a host. */
export interface ServiceRule {
  /** Identity within the table: `default/web:http`. */
  readonly key: string;
  /** The program that wrote it, e.g. `kube-proxy`; programs clear away left-overs of their own only. */
  readonly owner: string;
  readonly transport: Transport;
  readonly frontends: readonly Frontend[];
  /** Keeps each client on its backend for this long after its last connection. */
  readonly affinityMs?: number;
}

/**
 * The translation rules of one host. They stay in force when whoever wrote them dies. Setting a rule
 * costs only what that rule has; the client memory of `affinityMs` survives a change.
 */
export interface RuleTable {
  set(rule: ServiceRule): void;
  /** Returns whether there was such a rule. */
  delete(key: string): boolean;
  get(key: string): ServiceRule | undefined;
  keys(): Iterable<string>;
  clear(): void;
  readonly size: number;
  /** Counts changes: `set`, `delete` and `clear` each raise it. */
  readonly version: number;
}
