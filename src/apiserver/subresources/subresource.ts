import type { ApiResponse, RequestVerb } from '../../api/request.ts';
import type { RequestContext } from '../context.ts';

/** Part of an object that has its own path, e.g. pods/binding. registry.ts says which resources have it. */
export interface Subresource {
  readonly name: string;
  readonly verbs: readonly RequestVerb[];
  handle(ctx: RequestContext): ApiResponse;
}
