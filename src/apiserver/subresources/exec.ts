import type { ApiResponse } from '../../api/request.ts';
import { badRequest } from '../../apimachinery/status.ts';
import { refuse, type Subresource } from '../context.ts';
import { streamFromPod } from '../kubeletconnection.ts';

/** Runs a command in a container through the kubelet of its node (pkg/registry/core/pod/rest/subresources.go). */
export const exec: Subresource = {
  name: 'exec',
  verbs: ['create', 'get'],
  handle(ctx): ApiResponse {
    if ((ctx.options.command ?? []).length === 0)
      return refuse(badRequest('you must specify at least one command for the container'));
    return streamFromPod(ctx, (kubelet, options) => kubelet.exec(ctx.namespace, ctx.name, options));
  },
};
