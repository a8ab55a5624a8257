import type { Pod } from '../../api/generated/types.ts';
import type { ApiResponse } from '../../api/request.ts';
import { badRequest, isStatus } from '../../apimachinery/status.ts';
import { refuse, type Subresource } from '../context.ts';
import { connect, statusOfKubelet } from '../kubeletconnection.ts';
import { unknownError } from '../storeerror.ts';
import { readForUpdate } from '../verbs/update.ts';

/** A way to the ports of a pod, through the kubelet of its node (pkg/registry/core/pod/rest/subresources.go PortForwardREST). */
export const portForward: Subresource = {
  name: 'portforward',
  verbs: ['create', 'get'],
  handle(ctx): ApiResponse {
    const record = readForUpdate(ctx);
    if (isStatus(record)) return refuse(record);
    const pod = record.value as Pod;
    const nodeName = pod.spec.nodeName ?? '';
    if (nodeName === '') return refuse(badRequest(`pod ${ctx.name} does not have a host assigned`));
    const dialled = connect(ctx, pod, nodeName);
    if (isStatus(dialled)) return refuse(dialled);
    if ('error' in dialled) return refuse(unknownError(`error dialing backend: ${dialled.error}`));
    const answer = dialled.api.portForward(ctx.namespace, ctx.name);
    if (!answer.ok) return refuse(statusOfKubelet(answer));
    const { tunnel } = answer;
    const isReachable = (): boolean => {
      const now = ctx.server.dialKubelet?.(nodeName);
      return now !== undefined && 'api' in now;
    };
    return {
      kind: 'tunnel',
      ok: true,
      tunnel: {
        get open(): boolean {
          return isReachable() && tunnel.open;
        },
        exchange: (port, message, weight) =>
          isReachable() ? tunnel.exchange(port, message, weight) : undefined,
      },
    };
  },
};
