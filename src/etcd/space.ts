/** `--quota-backend-bytes`: what a member's database may grow to, in bytes (server/storage/quota.go). */
export const DEFAULT_QUOTA = 2 * 1024 ** 3;

/** What the database of a member takes, without a key in it. */
const EMPTY = 20_480;

/**
 * The size of the members' database files, their quota, and the alarm that is raised when a file is full
 * (server/storage/quota.go, server/etcdserver/api/v3alarm). What a compaction gives up stays in the file
 * as free pages until it is defragmented.
 */
export class Space {
  /** Members by name that have raised NOSPACE. */
  readonly alarms = new Set<string>();
  readonly #inUse: () => number;
  readonly #free = new Map<string, number>();
  /** Old revisions of keys that nobody but the quota sees: bytes, and up to which revision. */
  #ballast = 0;
  #ballastRevision = 0;
  #quota = DEFAULT_QUOTA;

  /** `inUse`: bytes of the revisions kept; asked for only when somebody wants to know. */
  constructor(inUse: () => number) {
    this.#inUse = inUse;
  }

  get quota(): number {
    return this.#quota;
  }

  /** Whether a write must look at the quota: with the usual one and nothing amiss it is never met. */
  get watched(): boolean {
    return this.#ballast > 0 || this.#quota < DEFAULT_QUOTA || this.#free.size > 0 || this.alarms.size > 0;
  }

  setQuota(bytes: number): void {
    this.#quota = bytes > 0 ? bytes : DEFAULT_QUOTA;
  }

  /** Bytes that are in use, of any member. */
  get inUse(): number {
    return EMPTY + this.#inUse() + this.#ballast;
  }

  /** The size of a member's file. */
  sizeOf(member: string): number {
    return this.inUse + (this.#free.get(member) ?? 0);
  }

  /** Fills every file to the brim with old revisions of keys. */
  fill(revision: number): void {
    const left = this.#quota - this.inUse;
    if (left > 0) this.#ballast += left;
    this.#ballastRevision = revision;
  }

  /** Everything that is not in use goes, and the alarm with it. */
  empty(members: readonly string[]): void {
    this.#ballast = 0;
    for (const member of members) this.defragment(member);
    this.alarms.clear();
  }

  /** Old revisions went: `before` bytes were in use until now. */
  compacted(revision: number, members: readonly string[], before: number): void {
    if (revision >= this.#ballastRevision) this.#ballast = 0;
    const freed = before - this.inUse;
    if (freed <= 0) return;
    for (const member of members) this.#free.set(member, (this.#free.get(member) ?? 0) + freed);
  }

  /** Writes a member's file anew, without its free pages. */
  defragment(member: string): void {
    this.#free.delete(member);
  }

  /** Whether a member may take a put; raises the alarm when its file is full. */
  admits(member: string): boolean {
    if (this.alarms.size > 0) return false;
    if (this.sizeOf(member) < this.#quota) return true;
    this.alarms.add(member);
    return false;
  }
}
