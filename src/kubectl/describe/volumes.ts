import type { DownwardAPIVolumeFile, Volume } from '../../api/generated/types.ts';
import { writeClaim } from './claims.ts';
import { MAX_ANNOTATION } from './common.ts';
import { type VolumeSource, volumeLines } from './volumesources.ts';
import type { DescribeWriter } from './writer.ts';

/** Writes the volumes of a pod or template; `space` is two spaces inside a template. */
export function writeVolumes(w: DescribeWriter, volumes: readonly Volume[] | undefined, space: string): void {
  if (volumes === undefined || volumes.length === 0) {
    w.write(0, `${space}Volumes:\t<none>\n`);
    return;
  }
  w.write(0, `${space}Volumes:\n`);
  for (const volume of volumes) {
    w.write(1, `${space === '' ? '' : ' '}${volume.name}:\n`);
    writeVolumeSource(w, volume as VolumeSource, false);
    if (volume.downwardAPI !== undefined) writeItems(w, volume.downwardAPI.items ?? []);
    const template = volume.ephemeral?.volumeClaimTemplate;
    // The pieces of these lines are indented one by one, upstream too.
    if (template !== undefined) w.indented(2, () => writeClaim(w, template, false, 0));
  }
}

/** Writes where the data of a volume lies. */
export function writeVolumeSource(w: DescribeWriter, volume: VolumeSource, persistent: boolean): void {
  const lines = volumeLines(volume, persistent);
  if (lines === undefined) w.write(1, '<unknown>\n');
  for (const [label, value] of lines ?? []) w.write(2, `${label}\t${value ?? ''}\n`);
  if (volume.csi !== undefined) writeAttributes(w, volume.csi.volumeAttributes);
}

function writeItems(w: DescribeWriter, items: readonly DownwardAPIVolumeFile[]): void {
  w.write(2, 'Items:\n');
  for (const { fieldRef, resourceFieldRef, path } of items) {
    if (fieldRef !== undefined) w.write(3, `${fieldRef.fieldPath} -> ${path}\n`);
    if (resourceFieldRef !== undefined) w.write(3, `${resourceFieldRef.resource} -> ${path}\n`);
  }
}

/** Upstream indents every piece of these lines (`printCSIPersistentVolumeAttributesMultiline`). */
function writeAttributes(w: DescribeWriter, attributes: Readonly<Record<string, string>> | undefined): void {
  const keys = Object.keys(attributes ?? {}).sort();
  w.write(2, 'VolumeAttributes:\t');
  if (keys.length === 0) w.write(0, '<none>\n');
  keys.forEach((key, i) => {
    if (i > 0) {
      w.write(2, '');
      w.write(2, '\t');
    }
    const line = `${key}=${attributes?.[key] ?? ''}`;
    w.write(2, `${line.length > MAX_ANNOTATION ? `${line.slice(0, MAX_ANNOTATION)}...` : line}\n`);
  });
}
