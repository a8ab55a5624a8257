import { expired, internalError, type Status, serviceUnavailable, timeout } from '../apimachinery/status.ts';
import type { StoreError } from '../etcd/store.ts';

/** Upstream's text for a list at a revision that was compacted (storage/etcd3/errors.go). */
export const LIST_EXPIRED = 'The resourceVersion for the provided list is too old.';

/** Upstream's text for a continue token whose revision was compacted. */
export const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

/**
 * What a client hears when etcd refuses. Nothing was written, except that after a `timeout` it is
 * not known (storage/etcd3 passes etcd's errors on, the handlers make them Internal).
 */
export function statusOfStoreError(error: StoreError): Status {
  switch (error.code) {
    case 'compacted':
      return expired(LIST_EXPIRED);
    case 'future':
      return timeout(`Too large resource version: ${error.revision + 1}, current: ${error.revision}`, 1);
    case 'unavailable':
      return serviceUnavailable(`etcd is not reachable: ${error.message}`);
    case 'timeout':
      return timeout(error.message);
    case 'noLeader':
    case 'noSpace':
    case 'leaseNotFound':
      return internalError(error.message);
  }
}
