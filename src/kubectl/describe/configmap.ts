import type { ConfigMap, Secret, ServiceAccount } from '../../api/generated/types.ts';
import { base64ByteLength, base64DecodeText } from '../../apimachinery/base64.ts';
import { writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';

/** ConfigMaps. Keys are sorted; upstream's order is Go's, which is none. */
export const configMap = describer<ConfigMap>('configmaps', (w, object) => {
  const { metadata, data = {}, binaryData = {} } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.write(0, '\nData\n====\n');
  for (const key of Object.keys(data).sort()) w.write(0, `${key}:\n----\n${data[key]}\n\n`);
  w.write(0, '\nBinaryData\n====\n');
  for (const key of Object.keys(binaryData).sort())
    w.write(0, `${key}: ${base64ByteLength(binaryData[key] ?? '')} bytes\n`);
  w.write(0, '\n');
});

/** Secrets: sizes only, except tokens of service accounts. */
export const secret = describer<Secret>(
  'secrets',
  (w, object) => {
    const { metadata, data = {}, type = '' } = object;
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.write(0, `\nType:\t${type}\n`);
    w.write(0, '\nData\n====\n');
    for (const key of Object.keys(data).sort()) {
      const value = data[key] ?? '';
      const shown = key === 'token' && type === 'kubernetes.io/service-account-token';
      w.field(key, shown ? (base64DecodeText(value) ?? '') : `${base64ByteLength(value)} bytes`);
    }
  },
  { events: false },
);

/** ServiceAccounts (`describeServiceAccount`). */
export const serviceAccount = describer<ServiceAccount>('serviceaccounts', (w, object) => {
  const { metadata } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  const names = (object.imagePullSecrets ?? []).map((secret) => secret.name ?? '');
  const header = 'Image pull secrets:';
  if (names.length === 0) w.write(0, `${header}\t<none>\n`);
  names.forEach((name, i) => {
    w.write(0, `${i === 0 ? header : ' '.repeat(header.length)}\t${name}\n`);
  });
});
