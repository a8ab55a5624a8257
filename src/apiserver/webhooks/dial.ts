/** Where and what to POST to a webhook. */
export interface WebhookCall {
  /** An address or a name. */
  readonly host: string;
  readonly port: number;
  /** With the query. */
  readonly path: string;
  /** The name that the certificate is checked for. */
  readonly serverName: string;
  /** JSON. */
  readonly body: string;
  readonly timeoutMs: number;
}

/** What came of it; `error` in the words of Go's HTTP client, without the URL. */
export type WebhookAnswer =
  | { readonly ok: true; readonly status: number; readonly body: string }
  | { readonly ok: false; readonly error: string };

/** How the API server reaches webhooks: from its own machine. */
export type DialWebhook = (call: WebhookCall) => WebhookAnswer;
