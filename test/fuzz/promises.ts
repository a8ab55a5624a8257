/**
 * Promises about single requests, told by whoever sends them. Their names stand beside those of the
 * checkers in the counters.
 */
export const REQUEST_PROMISES = {
  readYourWrite: 'who reads after a write sees it',
  stale: 'an update of what has changed since is refused',
  race: 'of two updates of one state one wins',
  rebind: 'a pod that has a node gets no other',
  dryRun: 'a dry run changes nothing',
  denied: 'who may not do something changes and learns nothing',
  doors: 'status and spec are written by their own doors',
  apply: 'fields that are applied have owners',
  eviction: 'an eviction costs its budget one',
} as const;

export type RequestPromise = keyof typeof REQUEST_PROMISES;

/** Where promises about requests are told to have been kept or broken. */
export interface Telling {
  fail(promise: RequestPromise, message: string): void;
  saw(promise: RequestPromise): void;
}
