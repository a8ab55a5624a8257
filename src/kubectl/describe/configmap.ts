import type { ConfigMap, Secret, ServiceAccount } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { base64ByteLength, base64DecodeText } from '../../apimachinery/base64.ts';
import { builtin } from '../discovery.ts';
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
export const serviceAccount = describer<ServiceAccount>('serviceaccounts', (w, object, context) => {
  const { metadata } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  const list = context.client.list<KubeObject>(builtin('secrets'), { namespace: metadata.namespace ?? '' });
  const secrets = list.ok ? (list.value.items as unknown as readonly Secret[]) : [];
  const known = new Set(secrets.map((s) => s.metadata.name ?? ''));
  const tokens = secrets.filter(
    (s) =>
      s.type === 'kubernetes.io/service-account-token' &&
      s.metadata.annotations?.['kubernetes.io/service-account.uid'] === metadata.uid,
  );
  const rows = [
    ['Image pull secrets:', (object.imagePullSecrets ?? []).map((s) => s.name ?? '')],
    ['Mountable secrets: ', (object.secrets ?? []).map((s) => s.name ?? '')],
    ['Tokens:            ', tokens.map((s) => s.metadata.name ?? '')],
  ] as const;
  for (const [header, names] of rows) {
    if (names.length === 0) w.write(0, `${header}\t<none>\n`);
    names.forEach((name, i) => {
      const missing = list.ok && !known.has(name) ? ' (not found)' : '';
      w.write(0, `${i === 0 ? header : ' '.repeat(header.length)}\t${name}${missing}\n`);
    });
  }
});
