import type { Status } from '../apimachinery/status.ts';
import type { Cause } from '../sim/cause.ts';
import type { KindSet } from './kindset.ts';
import type { KubeObject } from './object.ts';

/** What a request does, as RBAC names it. */
export type RequestVerb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection';

/** Who asks. */
export interface UserInfo {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  /** What the authenticator knows besides, e.g. the pod that a token is bound to. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** As whom a request is to be treated: the `Impersonate-*` headers. */
export interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
}

/** A resource without its version: what errors and RBAC speak of. The core group is ''. */
export interface GroupResource {
  readonly group: string;
  /** Plural, lower case: `pods`. */
  readonly resource: string;
}

export type PatchType = 'strategic' | 'merge' | 'json' | 'apply';

/** Query parameters and DeleteOptions, in the API's own names and units. */
export interface RequestOptions {
  /** True for `dryRun=All`: the whole pipeline runs, nothing is stored. */
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  /** For get and list: who owns the fields is wanted also where that is found in the history only. */
  readonly managedFields?: boolean;
  /** Server-side apply: take over fields owned by others. */
  readonly force?: boolean;
  /** How unknown and duplicate fields are met. The server's default is Warn, kubectl's Strict. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'NotOlderThan' | 'Exact';
  readonly limit?: number;
  readonly continue?: string;
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  /** pods/log */
  readonly container?: string;
  readonly previous?: boolean;
  readonly follow?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
  /** pods/exec */
  readonly command?: readonly string[];
  readonly stdin?: boolean;
  readonly tty?: boolean;
}

/** One request to the API server, whoever sends it. */
export interface ApiRequest {
  readonly verb: RequestVerb;
  readonly group: string;
  /** Absent: the version that objects are stored in; only custom kinds have several. */
  readonly version?: string | undefined;
  /** Plural resource name, e.g. `deployments`. */
  readonly resource: string;
  readonly subresource?: string | undefined;
  /** Absent for cluster-scoped resources and for lists over all namespaces. */
  readonly namespace?: string | undefined;
  /** Absent for list, watch, deletecollection and for create (the body names the object). */
  readonly name?: string | undefined;
  readonly user: UserInfo;
  /** Set when the user wants to be taken for somebody else. */
  readonly impersonate?: Impersonation | undefined;
  readonly cause: Cause;
  /** The object of create and update, the patch of patch. Untrusted unless `decoded`. */
  readonly body?: unknown;
  /**
   * Set by code that sends typed objects: the body needs no decoding (unknown fields, wrong types).
   * Defaults, admission and validation run all the same.
   */
  readonly decoded?: true;
  readonly patchType?: PatchType | undefined;
  readonly options?: RequestOptions | undefined;
  /** Set for discovery, which is about no resource: `/apis`. */
  readonly path?: string;
  /** For watch: where the events go. */
  readonly sink?: WatchSink | undefined;
}

export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  /** Only `metadata.resourceVersion` is set: everything up to it has been delivered. */
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject }
  /** The watch ends after this; 410 means: list again. */
  | { readonly type: 'ERROR'; readonly status: Status };

export interface WatchSink {
  /** Called for each event in order, at its own virtual time, never inside the request or a commit. */
  event(event: WatchEvent): void;
  /** Called once when the server (or the connection) ends the watch; not after `stop`. */
  closed(): void;
}

/** A running watch, seen by the one who asked for it. */
export interface WatchHandle {
  stop(): void;
}

/** A list as of one revision. */
export interface ObjectList<T extends KubeObject = KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Present when `limit` cut the list: the token for the rest. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** A two-way stream (exec) or an open-ended output (logs -f). All calls are synchronous. */
export interface ByteStream {
  /** Registers the reader; output that came before is delivered at once. */
  onOutput(read: (chunk: { readonly stream: 'stdout' | 'stderr'; readonly text: string }) => void): void;
  /** Registers what is called once when the stream ends, with the exit code (logs: 0). */
  onExit(done: (exitCode: number, error?: string) => void): void;
  /** Sends a line (without newline) to standard input. */
  write(line: string): void;
  /** Closes standard input: end of file for the program that reads it. */
  closeInput(): void;
  /** Hangs up. */
  close(): void;
}

/** A connection to the ports of a pod (pods/portforward). What is said over it are the network's own values. */
export interface Tunnel {
  /** False once the pod's network is gone, or nobody gets to its node any more. */
  readonly open: boolean;
  /** Says something to a port, or with undefined only connects; the exchange that came of it. */
  exchange(port: number, message: unknown, weight: number): unknown;
}

/** What the API server answers. Refusals are values; the status is upstream's. */
export type ApiResponse =
  | {
      readonly kind: 'object';
      readonly ok: true;
      readonly code: 200 | 201 | 202;
      readonly object: KubeObject;
      /** `Warning:` headers: unknown fields, fields that this cluster does not act on. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'list'; readonly ok: true; readonly list: ObjectList }
  | { readonly kind: 'discovery'; readonly ok: true; readonly kinds: KindSet }
  | { readonly kind: 'watch'; readonly ok: true; readonly watch: WatchHandle }
  | { readonly kind: 'stream'; readonly ok: true; readonly stream: ByteStream }
  | { readonly kind: 'tunnel'; readonly ok: true; readonly tunnel: Tunnel }
  /** A successful delete answers with a Status; so does deletecollection. */
  | { readonly kind: 'status'; readonly ok: true; readonly status: Status }
  /**
   * `status.code` 0: no answer came back at all; reason `ConnectionRefused` (nobody listens) or
   * `Timeout` (the network is cut), and the message is the dialler's.
   */
  | {
      readonly kind: 'error';
      readonly ok: false;
      readonly status: Status;
      readonly warnings?: readonly string[];
    };
