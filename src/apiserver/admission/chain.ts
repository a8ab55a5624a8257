import type { KubeObject } from '../../api/object.ts';
import { isStatus, type Status } from '../../apimachinery/status.ts';
import type { Admission, AdmissionRequest } from '../context.ts';
import type { AdmissionPlugin, AdmissionTarget } from './admission.ts';

/** The plugins that care about one sort of request. */
interface Link {
  readonly admitters: readonly AdmissionPlugin[];
  readonly validators: readonly AdmissionPlugin[];
}

/** The admission plugins as one resource meets them: who cares is worked out once. */
export class AdmissionChain implements Admission {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #target: Pick<AdmissionTarget, 'group' | 'resource' | 'namespaced'>;
  readonly #links = new Map<string, Link>();

  constructor(
    plugins: readonly AdmissionPlugin[],
    target: Pick<AdmissionTarget, 'group' | 'resource' | 'namespaced'>,
  ) {
    this.#plugins = plugins;
    this.#target = target;
  }

  admit(request: AdmissionRequest, object: KubeObject): KubeObject | Status {
    const { admitters } = this.#link(request);
    let current = object;
    let again = false;
    for (const plugin of admitters) {
      const next = (plugin.admit as NonNullable<AdmissionPlugin['admit']>)(request, current);
      if (isStatus(next)) return next;
      again ||= plugin.reinvokes === true && next !== current;
      current = next;
    }
    return again ? this.#readmit(admitters, request, current) : current;
  }

  /** The second round (apiserver pkg/admission/reinvocation.go). */
  #readmit(
    admitters: readonly AdmissionPlugin[],
    request: AdmissionRequest,
    object: KubeObject,
  ): KubeObject | Status {
    let current = object;
    for (const plugin of admitters) {
      const next = (plugin.admit as NonNullable<AdmissionPlugin['admit']>)(request, current);
      if (isStatus(next)) return next;
      current = next;
    }
    return current;
  }

  validate(request: AdmissionRequest, object: KubeObject): Status | undefined {
    for (const plugin of this.#link(request).validators) {
      const refusal = (plugin.validate as NonNullable<AdmissionPlugin['validate']>)(request, object);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #link(request: AdmissionRequest): Link {
    const { operation } = request;
    const { subresource } = request.ctx;
    const key = subresource === '' ? operation : `${operation}/${subresource}`;
    const known = this.#links.get(key);
    if (known !== undefined) return known;
    const target = { ...this.#target, operation, subresource };
    const handling = this.#plugins.filter((plugin) => plugin.handles(target));
    const link = {
      admitters: handling.filter((plugin) => plugin.admit !== undefined),
      validators: handling.filter((plugin) => plugin.validate !== undefined),
    };
    this.#links.set(key, link);
    return link;
  }
}
