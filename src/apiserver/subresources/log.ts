import type { Pod } from '../../api/generated/types.ts';
import type { ApiResponse, ByteStream, RequestOptions } from '../../api/request.ts';
import { badRequest, isStatus } from '../../apimachinery/status.ts';
import { refuse, type Subresource } from '../context.ts';
import { connect, containerOf, nodeAddress, statusOfKubelet } from '../kubeletconnection.ts';
import { unknownError } from '../storeerror.ts';
import { readForUpdate } from '../verbs/update.ts';

/** A log of a pod that is nowhere yet: nothing, and that is all. */
const EMPTY: ByteStream = Object.freeze({
  onOutput() {},
  onExit(done: (exitCode: number) => void) {
    done(0);
  },
  write() {},
  closeInput() {},
  close() {},
});

/** What a container has printed, from the kubelet of its node (pkg/registry/core/pod/rest/log.go). */
export const log: Subresource = {
  name: 'log',
  verbs: ['get'],
  handle(ctx): ApiResponse {
    const record = readForUpdate(ctx);
    if (isStatus(record)) return refuse(record);
    const pod = record.value as Pod;
    const container = containerOf(pod, ctx.options.container);
    if (typeof container !== 'string') return refuse(badRequest(container.error));
    const nodeName = pod.spec.nodeName ?? '';
    if (nodeName === '') return { kind: 'stream', ok: true, stream: EMPTY };
    const dialled = connect(ctx, pod, nodeName);
    if (isStatus(dialled)) return refuse(dialled);
    if ('error' in dialled) {
      const url = `https://${nodeAddress(ctx, nodeName)}/containerLogs/${ctx.namespace}/${ctx.name}/${container}`;
      return refuse(unknownError(`Get "${url}${queryOf(ctx.options)}": ${dialled.error}`));
    }
    const answer = dialled.api.logs(ctx.namespace, ctx.name, { ...ctx.options, container });
    if (!answer.ok) return refuse(statusOfKubelet(answer));
    return { kind: 'stream', ok: true, stream: answer.stream };
  },
};

/** The options as the kubelet's URL carries them, in alphabetical order. */
function queryOf({
  follow,
  limitBytes,
  previous,
  sinceSeconds,
  tailLines,
  timestamps,
}: RequestOptions): string {
  const given = Object.entries({ follow, limitBytes, previous, sinceSeconds, tailLines, timestamps }).filter(
    ([, value]) => value !== undefined && value !== false,
  );
  return given.length === 0 ? '' : `?${given.map(([key, value]) => `${key}=${value}`).join('&')}`;
}
