import type { Address, Exchange, Transport } from './types.ts';

/** `10.0.0.1:80`, `[fd00::1]:80`. */
export function addressText(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** Failures of making a connection, in the words of Go's net package. */
export function dialError(transport: Transport, remote: Address, reason: string): string {
  const says = reason === 'i/o timeout' ? reason : `connect: ${reason}`;
  return `dial ${transport.toLowerCase()} ${addressText(remote.ip, remote.port)}: ${says}`;
}

/** Failures after the connection was made, in the words of Go's net package. */
export function readError(transport: Transport, local: Address, remote: Address, reason: string): string {
  const ends = `${addressText(local.ip, local.port)}->${addressText(remote.ip, remote.port)}`;
  const says = reason === 'i/o timeout' ? reason : `read: ${reason}`;
  return `read ${transport.toLowerCase()} ${ends}: ${says}`;
}

/** The URL of an HTTP exchange as its dialler wrote it. */
export function urlOf(exchange: Exchange): string {
  const { host, port, message } = exchange.target;
  const tls = message?.protocol === 'http' && message.tls === true;
  const path = message?.protocol === 'http' ? message.path : '/';
  const standard = port === (tls ? 443 : 80);
  const where = standard ? host : addressText(host, port);
  return `${tls ? 'https' : 'http'}://${where}${path}`;
}

/**
 * The failure of an HTTP request as a Go client with a timeout prints it: what kubelet's probe events
 * show (`Get "http://10.244.1.5:8080/": dial tcp 10.244.1.5:8080: connect: connection refused`).
 * Undefined when the exchange was answered.
 */
export function goHttpError(exchange: Exchange, url: string = urlOf(exchange)): string | undefined {
  if (exchange.error === undefined) return undefined;
  const method = exchange.target.message?.protocol === 'http' ? exchange.target.message.method : 'GET';
  const verb = `${method.charAt(0).toUpperCase()}${method.slice(1).toLowerCase()}`;
  const reason =
    exchange.outcome === 'timeout'
      ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
      : exchange.error;
  return `${verb} "${url}": ${reason}`;
}

/** What curl prints and exits with. */
export interface CurlFailure {
  readonly code: number;
  /** With the leading `curl: (N) `. */
  readonly text: string;
}

/**
 * The failure of an exchange as curl 8 prints it; undefined when it was answered. `maxTime` says
 * that the user gave `--max-time` or `--connect-timeout`, which words timeouts differently.
 */
export function curlError(exchange: Exchange, maxTime: boolean): CurlFailure | undefined {
  const { host, port } = exchange.target;
  const ms = Math.round(exchange.latencyMs);
  const failure = (code: number, says: string): CurlFailure => ({ code, text: `curl: (${code}) ${says}` });
  const failed = (code: number): CurlFailure =>
    failure(code, `Failed to connect to ${host} port ${port} after ${ms} ms: Could not connect to server`);
  switch (exchange.outcome) {
    case 'ok':
      return undefined;
    case 'refused':
    case 'unreachable':
      return failed(7);
    case 'timeout':
      if (exchange.connected)
        return failure(28, `Operation timed out after ${ms} milliseconds with 0 bytes received`);
      return maxTime ? failure(28, `Connection timed out after ${ms} milliseconds`) : failed(28);
    case 'dnsTimeout':
      return maxTime && ms >= exchange.timeoutMs
        ? failure(28, `Resolving timed out after ${ms} milliseconds`)
        : failure(6, `Could not resolve host: ${host}`);
    case 'nameNotFound':
      return failure(6, `Could not resolve host: ${host}`);
    case 'reset':
      return failure(56, 'Recv failure: Connection reset by peer');
    case 'closed':
      return failure(52, 'Empty reply from server');
  }
}
