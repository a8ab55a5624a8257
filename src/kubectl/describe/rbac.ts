import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/generated/types.ts';
import { RULE_HEADERS, ruleRows } from '../rules.ts';
import { writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import type { DescribeWriter } from './writer.ts';

const NO_EVENTS = { events: false } as const;

function writeRole(w: DescribeWriter, { metadata, rules = [] }: Role | ClusterRole): void {
  w.field('Name', metadata.name ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.write(0, 'PolicyRule:\n');
  w.write(1, `${RULE_HEADERS.join('\t')}\n`);
  w.write(1, `${RULE_HEADERS.map((header) => '-'.repeat(header.length)).join('\t')}\n`);
  for (const row of ruleRows(rules)) w.write(1, `${row.join('\t')}\n`);
}

function writeBinding(w: DescribeWriter, binding: RoleBinding | ClusterRoleBinding): void {
  const { metadata, roleRef, subjects = [] } = binding;
  w.field('Name', metadata.name ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.write(0, 'Role:\n');
  w.field('Kind', roleRef.kind, 1);
  w.field('Name', roleRef.name, 1);
  w.write(0, 'Subjects:\n');
  w.write(1, 'Kind\tName\tNamespace\n');
  w.write(1, '----\t----\t---------\n');
  for (const { kind, name, namespace = '' } of subjects) w.write(1, `${kind}\t${name}\t${namespace}\n`);
}

/** Roles and bindings (pkg/describe/describe.go RoleDescriber and its like). */
export const clusterRole = describer<ClusterRole>('clusterroles', writeRole, NO_EVENTS);
export const clusterRoleBinding = describer<ClusterRoleBinding>(
  'clusterrolebindings',
  writeBinding,
  NO_EVENTS,
);
export const role = describer<Role>('roles', writeRole, NO_EVENTS);
export const roleBinding = describer<RoleBinding>('rolebindings', writeBinding, NO_EVENTS);
