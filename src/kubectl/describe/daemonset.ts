import type { DaemonSet } from '../../api/generated/types.ts';
import { compiledSelector } from '../../apimachinery/labels.ts';
import { formatLabels } from '../printers/value.ts';
import { writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import { podCounts } from './podcounts.ts';
import { writePodTemplate } from './podtemplate.ts';

/** DaemonSets (`describeDaemonSet`). */
export const daemonSet = describer<DaemonSet>('daemonsets', (w, object, context) => {
  const { metadata, spec, status } = object;
  const selector = compiledSelector(spec?.selector);
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  w.field('Selector', selector.toString());
  w.field('Node-Selector', formatLabels(spec?.template?.spec?.nodeSelector));
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.write(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}\n`);
  w.write(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}\n`);
  w.write(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}\n`);
  w.write(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}\n`);
  w.write(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}\n`);
  w.field('Pods Status', podCounts(context, object, selector));
  writePodTemplate(w, spec?.template);
});
