import type { ApiRequest, ApiResponse } from '../api/request.ts';
import { serviceUnavailable } from '../apimachinery/status.ts';
import { refuse } from './context.ts';

/** A server of its own that serves one API group, and to which the API server hands requests on (kube-aggregator). */
export interface AggregatedApi {
  /** Answers a request that has been authenticated and authorized. */
  handle(request: ApiRequest): ApiResponse;
}

/** Who serves a group: undefined where nobody ever said so; `unreachable` where nobody answers now. */
export type FindAggregatedApi = (group: string) => AggregatedApi | 'unreachable' | undefined;

/** 503 in the words of client-go, which reads no more out of the aggregator's answer. */
export function aggregatedUnavailable({ verb, resource, group }: ApiRequest): ApiResponse {
  const asked = `${verb === 'list' ? 'get' : verb} ${resource}.${group}`;
  return refuse(serviceUnavailable(`the server is currently unable to handle the request (${asked})`));
}
