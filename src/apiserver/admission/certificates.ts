import { requestSubject } from '../../api/certificaterequest.ts';
import type { CertificateSigningRequest } from '../../api/generated/types.ts';
import { forbidden, type Status } from '../../apimachinery/status.ts';
import type { AdmissionRequest } from '../context.ts';
import type { AdmissionPlugin, AdmissionTarget } from './admission.ts';

const GROUP = 'certificates.k8s.io';
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';

/** Who may approve or sign must be allowed to for the signer (plugin/pkg/admission/certificates). */
function signerPlugin(name: string, verb: 'approve' | 'sign', subresource: string): AdmissionPlugin {
  return {
    name,
    handles: (target) =>
      isRequest(target) && target.operation === 'UPDATE' && target.subresource === subresource,
    validate(request, object) {
      const old = request.old as CertificateSigningRequest;
      const next = object as CertificateSigningRequest;
      // Of statuses, only the certificate is the signer's.
      if (verb === 'sign' && old.status?.certificate === next.status?.certificate) return undefined;
      const { signerName } = old.spec;
      if (isAllowed(request, verb, signerName)) return undefined;
      return refusal(request, `user not permitted to ${verb} requests with signerName "${signerName}"`);
    },
  };
}

export const certificateApproval = signerPlugin('CertificateApproval', 'approve', 'approval');
export const certificateSigning = signerPlugin('CertificateSigning', 'sign', 'status');

/** Nobody becomes a member of system:masters by a certificate (subjectrestriction/admission.go). */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: (target) => isRequest(target) && target.operation === 'CREATE' && target.subresource === '',
  validate(request, object) {
    const { signerName, request: text } = (object as CertificateSigningRequest).spec;
    if (signerName !== CLIENT_SIGNER) return undefined;
    const subject = requestSubject(text);
    if (typeof subject === 'string' || !subject.organizations.includes('system:masters')) return undefined;
    return refusal(request, `use of ${CLIENT_SIGNER} signer with system:masters group is not allowed`);
  },
};

function isRequest({ group, resource }: AdmissionTarget): boolean {
  return group === GROUP && resource === 'certificatesigningrequests';
}

/** Allowed for the signer by name, or for all of its domain. */
function isAllowed({ ctx }: AdmissionRequest, verb: string, signerName: string): boolean {
  const [domain = ''] = signerName.split('/');
  return [signerName, `${domain}/*`].some(
    (name) =>
      ctx.server.authorizer.authorize({
        user: ctx.request.user,
        verb,
        group: GROUP,
        resource: 'signers',
        subresource: '',
        namespace: '',
        name,
      }).allowed,
  );
}

function refusal({ ctx }: AdmissionRequest, why: string): Status {
  return forbidden(ctx.resource.groupResource, ctx.name, why);
}
