import { certificateState, requestSubject } from '../../api/certificaterequest.ts';
import type { CertificateSigningRequest } from '../../api/generated/types.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { moment, writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';

/** CertificateSigningRequests (CertificateSigningRequestDescriber, describeCertificateSigningRequest). */
export const certificateSigningRequest = describer<CertificateSigningRequest>(
  'certificatesigningrequests',
  (w, object) => {
    const { metadata, spec } = object;
    w.field('Name', metadata.name ?? '');
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.field('CreationTimestamp', moment(metadata.creationTimestamp));
    w.field('Requesting User', spec.username ?? '');
    w.field('Signer', spec.signerName);
    if (spec.expirationSeconds !== undefined)
      w.field('Requested Duration', humanDuration(spec.expirationSeconds * 1000));
    w.field('Status', certificateState(object));
    const subject = requestSubject(spec.request);
    const { commonName, organizations, serialNumber } =
      typeof subject === 'string' ? { commonName: '', organizations: [], serialNumber: '' } : subject;
    w.write(0, 'Subject:\n');
    w.write(0, `\tCommon Name:\t${commonName}\n`);
    w.write(0, `\tSerial Number:\t${serialNumber}\n`);
    if (organizations.length > 0) w.write(0, `\tOrganization:\t${organizations.join('\n\t\t')}\n`);
  },
);
