import type { Pod, PodSpec } from '../generated/types.ts';
import { BASELINE, RESTRICTED, type Violation } from './checks.ts';

/** How much a pod may do to its node (pod-security-admission/api). */
export type Level = 'privileged' | 'baseline' | 'restricted';
export type Mode = 'enforce' | 'audit' | 'warn';

export const LEVELS: readonly Level[] = Object.freeze(['privileged', 'baseline', 'restricted']);
export const MODES: readonly Mode[] = Object.freeze(['enforce', 'audit', 'warn']);
const PREFIX = 'pod-security.kubernetes.io/';
const VERSION = /^(latest|v1\.(0|[1-9][0-9]{0,5}))$/;

type Labels = Readonly<Record<string, string>> | undefined;

/** A level and the version of its rules, as a namespace's labels say. */
export interface Policy {
  readonly level: Level;
  /** `latest` or `v1.30`; the rules are today's in either case. */
  readonly version: string;
}

export interface LabelProblem {
  readonly label: string;
  readonly value: string;
  readonly why: string;
}

/** The policy of a mode; what cannot be read counts as restricted for enforce and as privileged otherwise. */
export function policyOf(labels: Labels, mode: Mode): Policy {
  const level = labels?.[PREFIX + mode];
  const version = labels?.[`${PREFIX}${mode}-version`] ?? 'latest';
  const known = LEVELS.find((each) => each === level);
  const fallback: Level = level === undefined || mode !== 'enforce' ? 'privileged' : 'restricted';
  return { level: known ?? fallback, version: VERSION.test(version) ? version : 'latest' };
}

/** Labels that are no levels or versions. */
export function labelProblems(labels: Labels): readonly LabelProblem[] {
  const problems: LabelProblem[] = [];
  for (const mode of MODES) {
    const [label, versionLabel] = [PREFIX + mode, `${PREFIX}${mode}-version`];
    const [level, version] = [labels?.[label], labels?.[versionLabel]];
    if (level !== undefined && !LEVELS.includes(level as Level))
      problems.push({ label, value: level, why: `must be one of ${LEVELS.join(', ')}` });
    if (version !== undefined && !VERSION.test(version))
      problems.push({ label: versionLabel, value: version, why: 'must be "latest" or "v1.x"' });
  }
  return problems;
}

/** What of a pod a policy does not allow. */
export function violations(
  { level }: Policy,
  spec: PodSpec,
  metadata: Pod['metadata'],
): readonly Violation[] {
  if (level === 'privileged') return [];
  const checks = level === 'baseline' ? BASELINE : RESTRICTED;
  return checks.map((check) => check(spec, metadata)).filter((found) => found !== undefined);
}

/** `restricted:latest`. */
export function policyText({ level, version }: Policy): string {
  return `${level}:${version}`;
}

/** `privileged (container "x" must not ...), hostPort (...)`. */
export function violationText(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');
}
