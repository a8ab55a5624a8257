import { humanDuration } from '../../apimachinery/duration.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { certificateState } from '../certificaterequest.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { CertificateSigningRequest } from '../generated/types.ts';
import { type KindDefinition, withField } from '../kind.ts';
import {
  validateCertificateSigningRequest,
  validateCertificateSigningRequestUpdate,
} from '../validation/certificatesigningrequest.ts';

const NO_STATUS = Object.freeze({});

/** certificates.k8s.io/v1 CertificateSigningRequest (pkg/registry/certificates/certificates/strategy.go). */
export const certificateSigningRequest: KindDefinition<CertificateSigningRequest> = {
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  namespaced: false,
  schemaType: 'CertificateSigningRequest',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => object,
  prepareForCreate: (object) => withField(object, 'status', NO_STATUS),
  // Whom a request is from and what it asks for is settled once it is made.
  prepareForUpdate: (next, old) => withField(next, 'spec', old.spec),
  validate: validateCertificateSigningRequest,
  validateUpdate: validateCertificateSigningRequestUpdate,
  statusSubresource: true,
  subresources: ['approval'],
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
  columns: [
    nameColumn,
    ageColumn,
    { name: 'SignerName', cell: ({ spec }) => spec.signerName || '<none>' },
    { name: 'Requestor', cell: ({ spec }) => spec.username ?? '' },
    {
      name: 'RequestedDuration',
      cell: ({ spec }) =>
        spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
    },
    { name: 'Condition', cell: certificateState },
  ],
};
