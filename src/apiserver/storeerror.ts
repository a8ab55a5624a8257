import { expired, type Status, timeout } from '../apimachinery/status.ts';
import type { StoreError } from '../etcd/store.ts';

/** Upstream's text for a list at a revision that was compacted (storage/etcd3/errors.go). */
export const LIST_EXPIRED = 'The resourceVersion for the provided list is too old.';

/** Upstream's text for a continue token whose revision was compacted; a token to go on with comes along. */
export const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/**
 * What a client hears when etcd refuses. Nothing was written, except that after a `timeout` it is
 * not known. Errors that the handlers do not know become a Status without a reason, code 500
 * (endpoints/handlers/responsewriters/status.go).
 */
export function statusOfStoreError(error: StoreError): Status {
  switch (error.code) {
    case 'compacted':
      return expired(LIST_EXPIRED);
    case 'future':
      return timeout(`Too large resource version, current: ${error.revision}`, 1);
    case 'unavailable':
      return unknownError(
        `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${error.message}"`,
      );
    case 'timeout':
    case 'noLeader':
    case 'noSpace':
    case 'leaseNotFound':
      return unknownError(error.message);
  }
}

/** 500 without a reason: kubectl prints `Error from server: <message>`. */
export function unknownError(message: string): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 };
}
