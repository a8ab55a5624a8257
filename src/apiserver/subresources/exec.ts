import type { Pod } from '../../api/generated/types.ts';
import type { ApiResponse } from '../../api/request.ts';
import { badRequest, isStatus } from '../../apimachinery/status.ts';
import { refuse, type Subresource } from '../context.ts';
import { connect, containerOf, statusOfKubelet } from '../kubeletconnection.ts';
import { unknownError } from '../storeerror.ts';
import { readForUpdate } from '../verbs/update.ts';

/** Runs a command in a container through the kubelet of its node (pkg/registry/core/pod/rest/subresources.go). */
export const exec: Subresource = {
  name: 'exec',
  verbs: ['create', 'get'],
  handle(ctx): ApiResponse {
    const { command = [] } = ctx.options;
    if (command.length === 0)
      return refuse(badRequest('you must specify at least one command for the container'));
    const record = readForUpdate(ctx);
    if (isStatus(record)) return refuse(record);
    const pod = record.value as Pod;
    const container = containerOf(pod, ctx.options.container);
    if (typeof container !== 'string') return refuse(badRequest(container.error));
    const nodeName = pod.spec.nodeName ?? '';
    if (nodeName === '') return refuse(badRequest(`pod ${ctx.name} does not have a host assigned`));
    const dialled = connect(ctx, pod, nodeName);
    if (isStatus(dialled)) return refuse(dialled);
    if ('error' in dialled) return refuse(unknownError(`error dialing backend: ${dialled.error}`));
    const answer = dialled.api.exec(ctx.namespace, ctx.name, { ...ctx.options, container });
    if (!answer.ok) return refuse(statusOfKubelet(answer));
    return { kind: 'stream', ok: true, stream: answer.stream };
  },
};
