import type {
  Container,
  ContainerPort,
  EnvVar,
  HTTPGetAction,
  Lifecycle,
  LifecycleHandler,
  ObjectFieldSelector,
  Probe,
} from '../generated/types.ts';
import { defaultPullPolicy } from '../imagename.ts';
import { mapShared } from '../kind.ts';
import { defaultResources } from './resources.ts';
import { withChanged, withUnset } from './unset.ts';

const PORT_DEFAULTS = { protocol: 'TCP' } as const;
const HTTP_DEFAULTS = { path: '/', scheme: 'HTTP' } as const;
const FIELD_DEFAULTS = { apiVersion: 'v1' } as const;
const PROBE_DEFAULTS = {
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
} as const;
const CONTAINER_DEFAULTS = {
  // A struct upstream, not a pointer: it is always there, if need be empty.
  resources: Object.freeze({}),
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
} as const;

/** A container with its defaults, as in pods and templates alike (pkg/apis/core/v1/defaults.go SetDefaults_Container). */
export function defaultContainer<T extends Container>(given: T): T {
  let container: T = withUnset<Container>(given, CONTAINER_DEFAULTS) as T;
  if (container.imagePullPolicy === undefined || container.imagePullPolicy === '') {
    container = { ...container, imagePullPolicy: defaultPullPolicy(container.image) };
  }
  container = withChanged(container, 'ports', (ports) => mapShared(ports, defaultPort));
  container = withChanged(container, 'env', (env) => mapShared(env, defaultEnvVar));
  container = withChanged(container, 'resources', defaultResources);
  container = withChanged(container, 'livenessProbe', defaultProbe);
  container = withChanged(container, 'readinessProbe', defaultProbe);
  container = withChanged(container, 'startupProbe', defaultProbe);
  return withChanged(container, 'lifecycle', defaultLifecycle);
}

/** `fieldRef.apiVersion` of env vars and downward API files. */
export function defaultFieldRef(ref: ObjectFieldSelector): ObjectFieldSelector {
  return withUnset<ObjectFieldSelector>(ref, FIELD_DEFAULTS);
}

function defaultPort(port: ContainerPort): ContainerPort {
  return withUnset<ContainerPort>(port, PORT_DEFAULTS);
}

function defaultEnvVar(env: EnvVar): EnvVar {
  return withChanged(env, 'valueFrom', (source) => withChanged(source, 'fieldRef', defaultFieldRef));
}

function defaultProbe(given: Probe): Probe {
  let probe = withUnset<Probe>(given, PROBE_DEFAULTS);
  probe = withChanged(probe, 'httpGet', defaultHttpGet);
  return withChanged(probe, 'grpc', (grpc) => (grpc.service === undefined ? { ...grpc, service: '' } : grpc));
}

function defaultHttpGet(action: HTTPGetAction): HTTPGetAction {
  return withUnset<HTTPGetAction>(action, HTTP_DEFAULTS);
}

function defaultLifecycle(given: Lifecycle): Lifecycle {
  const lifecycle = withChanged(given, 'postStart', defaultHandler);
  return withChanged(lifecycle, 'preStop', defaultHandler);
}

function defaultHandler(handler: LifecycleHandler): LifecycleHandler {
  return withChanged(handler, 'httpGet', defaultHttpGet);
}
