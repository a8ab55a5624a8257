import type { AppArmorProfile, Container, Pod, SeccompProfile } from '../api/generated/types.ts';
import type { ContainerConfig, ContainerUserConfig, ImageRecord } from './cri.ts';
import { podDescription } from './podtext.ts';

/** Where kubelets look for profiles. */
const SECCOMP_ROOT = '/var/lib/kubelet/seccomp';

/** What of a container's configuration its and its pod's security contexts decide. */
type Security = Pick<
  ContainerConfig,
  'user' | 'readOnlyRootFilesystem' | 'privileged' | 'capabilities' | 'noNewPrivileges' | 'seccomp'
>;

/** The container's security context over the pod's (pkg/securitycontext DetermineEffectiveSecurityContext). */
export function securityOf(pod: Pod, container: Container): Security {
  const context = container.securityContext ?? {};
  const user = userOf(pod, container);
  const { add = [], drop = [] } = context.capabilities ?? {};
  return {
    ...(user === undefined ? {} : { user }),
    readOnlyRootFilesystem: context.readOnlyRootFilesystem === true,
    privileged: context.privileged === true,
    ...(add.length + drop.length === 0 ? {} : { capabilities: { add, drop } }),
    ...(context.allowPrivilegeEscalation === false ? { noNewPrivileges: true } : {}),
    ...seccompOf(pod, container),
    ...(context.privileged === true || appArmorOf(pod, container)?.type === 'Unconfined'
      ? { appArmor: 'unconfined' }
      : {}),
  };
}

function userOf(pod: Pod, container: Container): ContainerUserConfig | undefined {
  const context = pod.spec.securityContext ?? {};
  const uid = container.securityContext?.runAsUser ?? context.runAsUser;
  const gid = container.securityContext?.runAsGroup ?? context.runAsGroup;
  const groups = [
    ...(context.supplementalGroups ?? []),
    ...(context.fsGroup === undefined ? [] : [context.fsGroup]),
  ];
  const strict = context.supplementalGroupsPolicy === 'Strict';
  if (uid === undefined && gid === undefined && groups.length === 0 && !strict) return undefined;
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(strict ? { strictGroups: true } : {}),
  };
}

function profileOf(pod: Pod, container: Container): SeccompProfile | undefined {
  return container.securityContext?.seccompProfile ?? pod.spec.securityContext?.seccompProfile;
}

/** A privileged container's system calls are never filtered. Without a profile they are not either: seccompDefault is off. */
function seccompOf(pod: Pod, container: Container): { readonly seccomp?: boolean } {
  const profile = profileOf(pod, container);
  if (profile === undefined || profile.type === 'Unconfined') return {};
  return container.securityContext?.privileged === true ? {} : { seccomp: true };
}

function appArmorOf(pod: Pod, container: Container): AppArmorProfile | undefined {
  return container.securityContext?.appArmorProfile ?? pod.spec.securityContext?.appArmorProfile;
}

/**
 * Why the container cannot be made: a profile of its own that the machine does not have. `hasFile` tells what
 * is on its disk; AppArmor profiles are loaded into kernels, and nobody here can do that.
 */
export function missingProfile(
  pod: Pod,
  container: Container,
  hasFile: (path: string) => boolean,
): string | undefined {
  const appArmor = appArmorOf(pod, container);
  if (appArmor?.type === 'Localhost')
    return `failed to get container spec opts: failed to generate apparmor spec opts: apparmor profile not found ${appArmor.localhostProfile}`;
  const profile = profileOf(pod, container);
  const file = `${SECCOMP_ROOT}/${profile?.localhostProfile ?? ''}`;
  if (profile?.type !== 'Localhost' || hasFile(file)) return undefined;
  return `failed to create containerd container: cannot load seccomp profile "${file}": open ${file}: no such file or directory`;
}

/** runAsNonRoot (kuberuntime security_context.go verifyRunAsNonRoot); undefined: it may run. */
export function refuseRoot(pod: Pod, container: Container, image: ImageRecord): string | undefined {
  const nonRoot = container.securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot;
  if (nonRoot !== true) return undefined;
  const where = `(pod: "${podDescription(pod)}", container: ${container.name})`;
  const uid = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
  if (uid !== undefined)
    return uid === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined;
  // The image's group says nothing of the user.
  const user = (image.user ?? '').split(':')[0] || '0';
  if (/^\d+$/.test(user))
    return Number(user) === 0 ? `container has runAsNonRoot and image will run as root ${where}` : undefined;
  return `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`;
}

/** The user that all containers of the pod run as, if it is one and given (pkg/volume/util FsUserFrom). */
export function fsUserOf({ spec }: Pod): number | undefined {
  const users = new Set(
    [...(spec.initContainers ?? []), ...spec.containers].map(
      ({ securityContext }) => securityContext?.runAsUser ?? spec.securityContext?.runAsUser,
    ),
  );
  const [user] = users;
  return users.size === 1 ? user : undefined;
}
