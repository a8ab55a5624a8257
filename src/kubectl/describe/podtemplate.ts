import type { PodTemplateSpec, TopologySpreadConstraint } from '../../api/generated/types.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { compare, writeAnnotations, writeLabels, writeTolerations } from './common.ts';
import { writeContainers } from './containers.ts';
import { writeVolumes } from './volumes.ts';
import type { DescribeWriter } from './writer.ts';

const SPACE = '  ';

/** Writes a pod template (`DescribePodTemplate`). */
export function writePodTemplate(w: DescribeWriter, template: PodTemplateSpec | undefined): void {
  w.write(0, 'Pod Template:\n');
  if (template === undefined) {
    w.write(1, '<unset>');
    return;
  }
  const { spec, metadata } = template;
  writeLabels(w, '  Labels', metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0)
    writeAnnotations(w, '  Annotations', metadata?.annotations);
  if ((spec?.serviceAccountName ?? '') !== '') w.field('Service Account', spec?.serviceAccountName ?? '', 1);
  if ((spec?.initContainers ?? []).length > 0)
    writeContainers(w, 'Init Containers', spec?.initContainers ?? [], { space: SPACE });
  writeContainers(w, 'Containers', spec?.containers ?? [], { space: SPACE });
  writeVolumes(w, spec?.volumes, SPACE);
  writeSpreadConstraints(w, spec?.topologySpreadConstraints, SPACE);
  if ((spec?.priorityClassName ?? '') !== '')
    w.field('Priority Class Name', spec?.priorityClassName ?? '', 1);
  writeLabels(w, '  Node-Selectors', spec?.nodeSelector);
  writeTolerations(w, '  Tolerations', spec?.tolerations);
}

/** Writes how pods are to be spread, where the spec says so. */
export function writeSpreadConstraints(
  w: DescribeWriter,
  constraints: readonly TopologySpreadConstraint[] | undefined,
  space: string,
): void {
  if (constraints === undefined || constraints.length === 0) return;
  w.write(0, `${space}Topology Spread Constraints:\t`);
  constraints
    .toSorted((a, b) => compare(a.topologyKey, b.topologyKey))
    .forEach((constraint, i) => {
      const selector =
        constraint.labelSelector === undefined
          ? ''
          : ` for selector ${formatLabelSelector(constraint.labelSelector)}`;
      const text = `${constraint.topologyKey}:${constraint.whenUnsatisfiable} when max skew ${constraint.maxSkew} is exceeded`;
      w.write(0, `${i === 0 ? '' : `${space}\t`}${text}${selector}\n`);
    });
}
