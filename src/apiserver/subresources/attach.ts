import type { ApiResponse } from '../../api/request.ts';
import type { Subresource } from '../context.ts';
import { streamFromPod } from '../kubeletconnection.ts';

/** Joins a container's own program through the kubelet of its node (pkg/registry/core/pod/rest/subresources.go). */
export const attach: Subresource = {
  name: 'attach',
  verbs: ['create', 'get'],
  handle(ctx): ApiResponse {
    return streamFromPod(ctx, (kubelet, options) => kubelet.attach(ctx.namespace, ctx.name, options));
  },
};
