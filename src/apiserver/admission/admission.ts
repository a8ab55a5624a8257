import type { KubeObject } from '../../api/object.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { AdmissionOperation, AdmissionRequest } from '../context.ts';

/**
 * A plugin of the admission chain. Objects are immutable: `admit` returns the object it was given,
 * a changed one, or the refusal; `validate` returns a refusal or undefined. For DELETE and CONNECT
 * the object is the one there is; what `admit` returns for them is not stored.
 */
export interface AdmissionPlugin {
  readonly name: string;
  /** When its `admit` has changed an object, the mutating plugins all run once more. */
  readonly reinvokes?: true;
  /** Whether it has anything to do with these requests; asked once for each, not once a request. */
  handles(target: AdmissionTarget): boolean;
  admit?(request: AdmissionRequest, object: KubeObject): KubeObject | Status;
  validate?(request: AdmissionRequest, object: KubeObject): Status | undefined;
}

/** A sort of request. */
export interface AdmissionTarget {
  readonly operation: AdmissionOperation;
  readonly group: string;
  readonly resource: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly namespaced: boolean;
}
