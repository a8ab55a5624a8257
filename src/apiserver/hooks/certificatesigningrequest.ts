import type { CertificateSigningRequest } from '../../api/generated/types.ts';
import type { KindHooks } from '../context.ts';

/** Who makes a request stands in it, whatever the request says (pkg/registry/certificates/certificates/strategy.go PrepareForCreate). */
export const certificateSigningRequestHooks: KindHooks = {
  beginCreate(ctx, object) {
    const { user } = ctx.request;
    const request = object as CertificateSigningRequest;
    const { username: _n, uid: _u, groups: _g, extra: _e, ...spec } = request.spec;
    const next: CertificateSigningRequest = {
      ...request,
      spec: {
        ...spec,
        username: user.name,
        ...(user.uid === undefined ? {} : { uid: user.uid }),
        ...(user.groups.length === 0 ? {} : { groups: user.groups }),
        ...(user.extra === undefined ? {} : { extra: user.extra }),
      },
    };
    return { object: next };
  },
};
