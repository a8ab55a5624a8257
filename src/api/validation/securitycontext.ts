import {
  child,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isValidUserID } from '../../apimachinery/validation.ts';
import type {
  AppArmorProfile,
  PodSpec,
  SeccompProfile,
  SecurityContext,
  Sysctl,
} from '../generated/types.ts';
import { asInternal, checkLocalDescendingPath, complain, isUnset } from './common.ts';

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'] as const;
const PROC_MOUNTS = ['Default', 'Unmasked'] as const;
const FS_GROUP_POLICIES = ['Always', 'OnRootMismatch'] as const;
const GROUPS_POLICIES = ['Merge', 'Strict'] as const;
const SELINUX_POLICIES = ['MountOption', 'Recursive'] as const;

const SYSCTL = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const SYSCTL_SEGMENT = /^[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const MAX_SYSCTL = 253;

/** The security context of a container (ValidateSecurityContext). */
export function checkSecurityContext(
  errors: FieldError[],
  path: string,
  context: SecurityContext | undefined,
  hostUsers: boolean,
): void {
  if (context === undefined) return;
  checkID(errors, child(path, 'runAsUser'), context.runAsUser);
  checkID(errors, child(path, 'runAsGroup'), context.runAsGroup);
  checkOneOf(errors, child(path, 'procMount'), context.procMount, PROC_MOUNTS);
  if (hostUsers && context.procMount === 'Unmasked') {
    errors.push(invalid(child(path, 'procMount'), 'Unmasked', '`hostUsers` must be false to use `Unmasked`'));
  }
  checkSeccomp(errors, child(path, 'seccompProfile'), context.seccompProfile);
  if (context.allowPrivilegeEscalation === false) {
    const cannot = 'cannot set `allowPrivilegeEscalation` to false and';
    if (context.privileged === true)
      errors.push(invalid(path, shownContext(context), `${cannot} \`privileged\` to true`));
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN') === true) {
      errors.push(invalid(path, shownContext(context), `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`));
    }
  }
  checkAppArmor(errors, child(path, 'appArmorProfile'), context.appArmorProfile);
}

/** The security context of a pod (validatePodSpecSecurityContext). */
export function checkPodSecurityContext(errors: FieldError[], path: string, spec: PodSpec): void {
  const context = spec.securityContext;
  if (context === undefined) return;
  checkID(errors, child(path, 'fsGroup'), context.fsGroup);
  checkID(errors, child(path, 'runAsUser'), context.runAsUser);
  checkID(errors, child(path, 'runAsGroup'), context.runAsGroup);
  for (const [i, group] of (context.supplementalGroups ?? []).entries()) {
    checkID(errors, index(child(path, 'supplementalGroups'), i), group);
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const why = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(child(path, 'shareProcessNamespace'), true, why));
  }
  checkSysctls(errors, child(path, 'sysctls'), context.sysctls ?? [], spec);
  checkOneOf(errors, child(path, 'fsGroupChangePolicy'), context.fsGroupChangePolicy, FS_GROUP_POLICIES);
  checkSeccomp(errors, child(path, 'seccompProfile'), context.seccompProfile);
  checkAppArmor(errors, child(path, 'appArmorProfile'), context.appArmorProfile);
  checkOneOf(
    errors,
    child(path, 'supplementalGroupsPolicy'),
    context.supplementalGroupsPolicy,
    GROUPS_POLICIES,
  );
  checkOneOf(errors, child(path, 'seLinuxChangePolicy'), context.seLinuxChangePolicy, SELINUX_POLICIES);
}

function checkID(errors: FieldError[], path: string, id: number | undefined): void {
  if (id !== undefined) complain(errors, path, id, isValidUserID(id));
}

/** One of an enumeration, or not given. */
function checkOneOf(
  errors: FieldError[],
  path: string,
  value: string | undefined,
  of: readonly string[],
): void {
  if (value !== undefined && !of.includes(value)) errors.push(notSupported(path, value, of));
}

function checkSysctls(errors: FieldError[], path: string, sysctls: readonly Sysctl[], spec: PodSpec): void {
  const seen = new Set<string>();
  for (const [i, { name }] of sysctls.entries()) {
    const entry = child(index(path, i), 'name');
    if (isUnset(name)) errors.push(required(entry));
    else if (!isSysctlName(name)) {
      errors.push(
        invalid(entry, name, `must have at most ${MAX_SYSCTL} characters and match regex ${SYSCTL}`),
      );
    } else if (seen.has(name))
      errors.push({ type: 'FieldValueDuplicate', field: entry, badValue: name, detail: '' });
    seen.add(name);
    if (spec.hostNetwork === true && /^net[./]/.test(name)) {
      errors.push(invalid(entry, name, "may not be specified when 'hostNetwork' is true"));
    }
    if (spec.hostIPC === true && /^(kernel[./](shm|msg|sem)|fs[./]mqueue[./])/.test(name)) {
      errors.push(invalid(entry, name, "may not be specified when 'hostIPC' is true"));
    }
  }
}

function isSysctlName(name: string): boolean {
  return name.length <= MAX_SYSCTL && name.split(/[./]/).every((segment) => SYSCTL_SEGMENT.test(segment));
}

function checkSeccomp(errors: FieldError[], path: string, profile: SeccompProfile | undefined): void {
  if (profile === undefined) return;
  checkProfileType(errors, child(path, 'type'), profile.type, 'type is required when seccompProfile is set');
  const localPath = child(path, 'localhostProfile');
  if (profile.type === 'Localhost') {
    if (profile.localhostProfile === undefined) {
      errors.push(required(localPath, 'must be set when seccomp type is Localhost'));
    } else checkLocalDescendingPath(errors, localPath, profile.localhostProfile);
  } else if (profile.localhostProfile !== undefined) {
    errors.push(
      invalid(
        localPath,
        asInternal(profile, ['type', 'localhostProfile']),
        'can only be set when seccomp type is Localhost',
      ),
    );
  }
}

function checkAppArmor(errors: FieldError[], path: string, profile: AppArmorProfile | undefined): void {
  if (profile === undefined) return;
  checkProfileType(errors, child(path, 'type'), profile.type, 'type is required when appArmorProfile is set');
  const localPath = child(path, 'localhostProfile');
  const local = profile.localhostProfile;
  if (profile.type === 'Localhost') {
    if (local === undefined || local === '') {
      errors.push(required(localPath, 'must be set when AppArmor type is Localhost'));
    } else if (local.trim() !== local)
      errors.push(invalid(localPath, local, 'must not be padded with whitespace'));
  } else if (local !== undefined) {
    errors.push(invalid(localPath, local, 'can only be set when AppArmor type is Localhost'));
  }
}

function checkProfileType(errors: FieldError[], path: string, type: string | undefined, why: string): void {
  if (isUnset(type)) errors.push(required(path, why));
  else if (!(PROFILE_TYPES as readonly string[]).includes(type))
    errors.push(notSupported(path, type, PROFILE_TYPES));
}

/** The fields of upstream's internal SecurityContext, in its order. */
const CONTEXT = [
  ...(['capabilities', 'privileged', 'sELinuxOptions', 'windowsOptions', 'runAsUser', 'runAsGroup'] as const),
  ...(['runAsNonRoot', 'readOnlyRootFilesystem', 'allowPrivilegeEscalation', 'procMount'] as const),
  ...(['seccompProfile', 'appArmorProfile'] as const),
] as const;

function shownContext(context: SecurityContext): object | null {
  const profile = ['type', 'localhostProfile'] as const;
  return asInternal(
    {
      ...context,
      capabilities: asInternal(context.capabilities, ['add', 'drop']),
      sELinuxOptions: asInternal(context.seLinuxOptions, ['user', 'role', 'type', 'level']),
      seccompProfile: asInternal(context.seccompProfile, profile),
      appArmorProfile: asInternal(context.appArmorProfile, profile),
    },
    CONTEXT,
  );
}
