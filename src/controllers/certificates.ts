import { hasCondition, requestSubject } from '../api/certificaterequest.ts';
import type { CertificateSigningRequest } from '../api/generated/types.ts';
import { certificateSigningRequest as csrKind } from '../api/kinds/certificatesigningrequest.ts';
import { nameOf, uidOf } from '../api/object.ts';
import { base64EncodeText } from '../apimachinery/base64.ts';
import { isConflict, isNotFound } from '../apimachinery/status.ts';
import { formatTime, parseTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { Clock } from '../sim/clock.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';

const ACCOUNT = 'certificate-controller';
const YEAR_SECONDS = 365 * 24 * 60 * 60;
const HOUR = 60 * 60 * 1000;

/** What the cluster's signers sign, and for what use (pkg/controller/certificates/signer/signer.go). */
const SIGNERS: ReadonlyMap<string, { readonly needed: string; readonly allowed: readonly string[] }> =
  new Map([
    ['kubernetes.io/kube-apiserver-client', { needed: 'client auth', allowed: ['client auth'] }],
    ['kubernetes.io/kube-apiserver-client-kubelet', { needed: 'client auth', allowed: ['client auth'] }],
    ['kubernetes.io/kubelet-serving', { needed: 'server auth', allowed: ['server auth'] }],
  ]);
/** Uses that go with any. */
const KEY_USAGES: readonly string[] = ['digital signature', 'key encipherment'];

/** Signs requests that were approved. */
class CertificateSigner {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #requests: Informer<CertificateSigningRequest>;

  constructor(context: ControllerContext) {
    this.#clock = context.process;
    this.#client = context.clientFor(ACCOUNT);
    this.#requests = context.informers.informer(csrKind);
    const loop = new Controller({
      process: context.process,
      client: this.#client,
      workers: 5,
      ready: () => this.#requests.synced,
      reconcile: (key) => this.#sync(key),
    });
    this.#requests.addHandler({
      add: (request) => loop.enqueue(request),
      update: (_, request) => loop.enqueue(request),
    });
  }

  #sync(key: string): ReconcileResult {
    const request = this.#requests.get(key);
    if (request === undefined || (request.status?.certificate ?? '') !== '') return DONE;
    if (
      !hasCondition(request, 'Approved') ||
      hasCondition(request, 'Denied') ||
      hasCondition(request, 'Failed')
    )
      return DONE;
    const signer = SIGNERS.get(request.spec.signerName);
    if (signer === undefined) return DONE;
    const problem = usageProblem(request.spec.usages ?? [], signer);
    const result = this.#client.updateStatus(
      csrKind,
      problem === undefined ? this.#signed(request) : this.#failed(request, problem),
    );
    return result.ok || isNotFound(result.status) ? DONE : retry(result.status);
  }

  #signed(request: CertificateSigningRequest): CertificateSigningRequest {
    const seconds = request.spec.expirationSeconds ?? YEAR_SECONDS;
    const certificate = standIn(request, this.#clock.now(), seconds * 1000);
    return { ...request, status: { ...request.status, certificate: base64EncodeText(certificate) } };
  }

  #failed(request: CertificateSigningRequest, message: string): CertificateSigningRequest {
    const now = formatTime(this.#clock.now());
    const condition = {
      type: 'Failed',
      status: 'True',
      reason: 'SignerValidationFailure',
      message,
      lastUpdateTime: now,
      lastTransitionTime: now,
    };
    const conditions = [...(request.status?.conditions ?? []), condition];
    return { ...request, status: { ...request.status, conditions } };
  }
}

function usageProblem(
  usages: readonly string[],
  { needed, allowed }: { readonly needed: string; readonly allowed: readonly string[] },
): string | undefined {
  const kind = needed === 'client auth' ? 'client' : 'serving';
  const fits = usages.every((usage) => allowed.includes(usage) || KEY_USAGES.includes(usage));
  if (fits && usages.includes(needed)) return undefined;
  return `invalid usages for ${kind} certificate: [${usages.join(' ')}]`;
}

/** No cryptography takes place here: the block says for whom and how long, and is no real certificate. */
function standIn(request: CertificateSigningRequest, now: number, valid: number): string {
  const subject = requestSubject(request.spec.request);
  const name = typeof subject === 'string' ? '' : subject.commonName;
  const groups = typeof subject === 'string' ? [] : subject.organizations;
  const text = `simulated certificate, not a real one; subject: CN=${name}${groups.map((group) => `, O=${group}`).join('')}; issuer: CN=kubernetes; not after: ${formatTime(now + valid)}`;
  const lines = base64EncodeText(text).replace(/.{1,64}/g, (line) => `${line}\n`);
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}

/** How often the cleaner looks, and how long it leaves what was decided, and what was not (cleaner.go). */
const CLEANING_PERIOD = 5 * 60 * 1000;
const DECIDED_FOR = HOUR;
const PENDING_FOR = 24 * HOUR;

/** Deletes requests that nobody needs any more. */
class CertificateCleaner {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #requests: Informer<CertificateSigningRequest>;

  constructor(context: ControllerContext) {
    this.#clock = context.process;
    this.#client = context.clientFor(ACCOUNT);
    this.#requests = context.informers.informer(csrKind);
    context.process.every(CLEANING_PERIOD, () => this.#clean());
  }

  #clean(): void {
    for (const request of this.#requests.list()) {
      if (!isPast(request, this.#clock.now())) continue;
      const deleted = this.#client.delete(csrKind, nameOf(request), undefined, {
        preconditions: { uid: uidOf(request) },
      });
      // Whatever else went wrong is tried again at the next look.
      if (!deleted.ok && !isNotFound(deleted.status) && !isConflict(deleted.status)) return;
    }
  }
}

/** Whether a request was decided on an hour ago, or has waited for a day. */
function isPast(request: CertificateSigningRequest, now: number): boolean {
  const conditions = request.status?.conditions ?? [];
  const since = (time: string | undefined): number => now - (parseTime(time ?? '') ?? now);
  const decided = conditions.filter(
    ({ type }) => type === 'Approved' || type === 'Denied' || type === 'Failed',
  );
  if (decided.length === 0) return since(request.metadata.creationTimestamp) > PENDING_FOR;
  const signed = (request.status?.certificate ?? '') !== '';
  return decided.some(
    ({ type, lastUpdateTime }) => (type !== 'Approved' || signed) && since(lastUpdateTime) > DECIDED_FOR,
  );
}

export const certificateSigner: ControllerDefinition = {
  name: 'certificatesigningrequest-signing-controller',
  start: (context) => void new CertificateSigner(context),
};

export const certificateCleaner: ControllerDefinition = {
  name: 'certificatesigningrequest-cleaner-controller',
  start: (context) => void new CertificateCleaner(context),
};
