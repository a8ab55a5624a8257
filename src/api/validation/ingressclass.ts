import {
  child,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isDNS1123Label, isDNS1123Subdomain, isHTTPPath } from '../../apimachinery/validation.ts';
import type { IngressClass, IngressClassParametersReference } from '../generated/types.ts';
import { complain } from './common.ts';
import { checkLocalReference } from './localreference.ts';

/** Rules of IngressClasses (pkg/apis/networking/validation/validation.go). */

const CONTROLLER = 'spec.controller';
const SCOPES = ['Cluster', 'Namespace'] as const;

/** ValidateIngressClass: the controller is a path below a domain, `k8s.io/ingress-nginx`. */
export function validateIngressClass({ spec }: IngressClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  const controller = spec?.controller ?? '';
  const slash = controller.indexOf('/');
  if (controller === '') errors.push(required(CONTROLLER));
  else if (slash <= 0 || slash === controller.length - 1)
    errors.push(invalid(CONTROLLER, controller, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  else {
    const domain = controller.slice(0, slash);
    complain(errors, CONTROLLER, domain, isDNS1123Subdomain(domain));
    complain(errors, CONTROLLER, controller, isHTTPPath(controller.slice(slash + 1)));
  }
  if (spec?.parameters !== undefined) checkParameters(errors, 'spec.parameters', spec.parameters);
  return errors;
}

function checkParameters(
  errors: FieldError[],
  path: string,
  reference: IngressClassParametersReference,
): void {
  checkLocalReference(errors, path, reference);
  const { scope, namespace } = reference;
  if (scope === undefined) errors.push(required(child(path, 'scope')));
  else if (!(SCOPES as readonly string[]).includes(scope))
    errors.push(notSupported(child(path, 'scope'), scope, SCOPES));
  else if (scope === 'Cluster' && namespace !== undefined)
    errors.push(forbidden(child(path, 'namespace'), "`parameters.scope` is set to 'Cluster'"));
  else if (scope === 'Namespace' && namespace === undefined)
    errors.push(required(child(path, 'namespace'), "`parameters.scope` is set to 'Namespace'"));
  else if (namespace !== undefined)
    complain(errors, child(path, 'namespace'), namespace, isDNS1123Label(namespace));
}
