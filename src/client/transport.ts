import type { ApiRequest, ApiResponse } from '../api/request.ts';

/**
 * The way to an API server. In the simulation it is a call within the process that may be refused
 * when the server is down or the network between is cut; the answer comes at the same instant.
 */
export interface Transport {
  send(request: ApiRequest): ApiResponse;
}
