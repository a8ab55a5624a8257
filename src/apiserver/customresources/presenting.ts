import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import { customResourceDefinition } from '../../api/kinds/customresourcedefinition.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse } from '../../api/request.ts';
import { methodNotAllowed } from '../../apimachinery/status.ts';
import type { KeyValue } from '../../etcd/store.ts';
import { type RequestContext, refuse } from '../context.ts';
import { storagePrefix } from '../storagekey.ts';

const PREFIX = storagePrefix(customResourceDefinition);

/** The definitions among everything that lies in etcd. */
export function definitionsAmong(
  records: readonly KeyValue<KubeObject>[],
): readonly CustomResourceDefinition[] {
  return records.flatMap(({ key, value }) =>
    key.startsWith(PREFIX) && value !== undefined ? [value as CustomResourceDefinition] : [],
  );
}

/** Nothing is created any more of a kind whose definition is being deleted. */
export function refusedWhileTerminating(ctx: RequestContext): ApiResponse | undefined {
  if (ctx.resource.custom?.terminating !== true) return undefined;
  const status = methodNotAllowed(ctx.resource.groupResource, ctx.request.verb);
  const message = `${ctx.request.verb} not allowed while custom resource definition is terminating`;
  return refuse({ ...status, message });
}
