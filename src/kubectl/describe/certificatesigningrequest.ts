import { certificateState, type RequestDetails, requestDetails } from '../../api/certificaterequest.ts';
import type { CertificateSigningRequest } from '../../api/generated/types.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { formatLabels } from '../printers/value.ts';
import { moment } from './common.ts';
import { describer } from './describer.ts';
import type { DescribeWriter } from './writer.ts';

/** CertificateSigningRequests (CertificateSigningRequestDescriber, describeCertificateSigningRequest). */
export const certificateSigningRequest = describer<CertificateSigningRequest>(
  'certificatesigningrequests',
  (w, object) => {
    const { metadata, spec } = object;
    w.field('Name', metadata.name ?? '');
    w.field('Labels', formatLabels(metadata.labels));
    w.field('Annotations', formatLabels(metadata.annotations));
    w.field('CreationTimestamp', moment(metadata.creationTimestamp));
    w.field('Requesting User', spec.username ?? '');
    w.field('Signer', spec.signerName);
    if (spec.expirationSeconds !== undefined)
      w.field('Requested Duration', humanDuration(spec.expirationSeconds * 1000));
    w.field('Status', certificateState(object));
    const details = requestDetails(spec.request);
    w.write(0, 'Subject:\n');
    if (typeof details === 'string') w.write(0, '\tCommon Name:\t\n\tSerial Number:\t\n');
    else writeDetails(w, details);
  },
);

function writeDetails(w: DescribeWriter, details: RequestDetails): void {
  const list = (title: string, values: readonly string[]): void => {
    if (values.length > 0) w.write(0, `\t${title}:\t${values.join('\n\t\t')}\n`);
  };
  w.write(0, `\tCommon Name:\t${details.commonName}\n`);
  w.write(0, `\tSerial Number:\t${details.serialNumber}\n`);
  list('Organization', details.organizations);
  list('Organizational Unit', details.organizationalUnits);
  list('Country', details.countries);
  list('Locality', details.localities);
  list('Province', details.provinces);
  list('StreetAddress', details.streetAddresses);
  list('PostalCode', details.postalCodes);
  const { dnsNames, emailAddresses, uris, ipAddresses } = details;
  if (dnsNames.length + emailAddresses.length + uris.length + ipAddresses.length === 0) return;
  w.write(0, 'Subject Alternative Names:\n');
  list('DNS Names', dnsNames);
  list('Email Addresses', emailAddresses);
  list('URIs', uris);
  list('IP Addresses', ipAddresses);
}
