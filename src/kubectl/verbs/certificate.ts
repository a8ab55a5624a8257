import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '../../api/generated/types.ts';
import { isConflict, type Status } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { type Failure, fail, failure, isFailed } from '../errors.ts';
import { FILENAME_FLAGS, namesFiles, PRINT_FLAGS } from '../flagsets.ts';
import { group } from '../group.ts';
import { resultPrinter } from '../printers/output.ts';
import { getObject, replaceObject } from '../requests.ts';
import { type Info, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { Verb } from '../verb.ts';

const MAX_RETRIES = 10;

/** What approving and denying differ in. */
interface Decision {
  readonly verb: 'approve' | 'deny';
  readonly done: string;
  readonly type: 'Approved' | 'Denied';
  readonly opposite: 'Approved' | 'Denied';
  readonly reason: string;
}

function decide(decision: Decision): Verb {
  const { verb, done } = decision;
  return {
    name: verb,
    short: `${verb === 'approve' ? 'Approve' : 'Deny'} a certificate signing request`,
    usage: `kubectl certificate ${verb} (-f FILENAME | NAME)`,
    examples: `  # ${verb === 'approve' ? 'Approve' : 'Deny'} CSR 'csr-sqgzp'
  kubectl certificate ${verb} csr-sqgzp`,
    flags: [
      ...FILENAME_FLAGS,
      ...PRINT_FLAGS,
      { name: 'force', type: 'bool', usage: 'Update the CSR even if it is already approved.' },
    ],
    run: atOnce((context, args) => {
      if (args.args.length === 0 && !namesFiles(args))
        return fail(context, 'one or more CSRs must be specified as <name> or -f <filename>');
      const printer = resultPrinter(context, args);
      if (isFailed(printer)) return fail(context, printer.failure);
      const selection = selectionOf(context, args, ['filename']);
      const resolved = resolve(context, {
        ...selection,
        args: args.args.map((name) => `certificatesigningrequests/${name}`),
      });
      if (isFailed(resolved)) return fail(context, resolved.failure);
      const errors: (Status | string)[] = [...resolved.errors];
      for (const info of resolved.infos) {
        const decided = apply(context, info, decision, args.bool('force'));
        if (isFailed(decided)) errors.push(decided.failure);
        else {
          const problem = printer.print(info.kind, decided.object, done);
          if (problem !== undefined) errors.push(problem);
        }
      }
      return fail(context, ...errors);
    }),
  };
}

function apply(
  context: KubectlContext,
  info: Info,
  decision: Decision,
  force: boolean,
): { readonly object: CertificateSigningRequest } | Failure {
  const kind = builtin('certificatesigningrequests');
  if (info.kind !== kind)
    return failure('can only handle certificates.k8s.io/v1 certificate signing requests');
  for (let attempt = 0; ; attempt++) {
    const found = getObject(context, kind, '', info.name);
    if (isFailed(found)) return found;
    const object = found.object as CertificateSigningRequest;
    const { conditions = [] } = object.status ?? {};
    if (conditions.some(({ type }) => type === decision.opposite))
      return failure(`certificate signing request "${info.name}" is already ${decision.opposite}`);
    const before = conditions.find(({ type }) => type === decision.type);
    if (before !== undefined && !force) return { object };
    const condition: CertificateSigningRequestCondition = {
      type: decision.type,
      status: 'True',
      reason: decision.reason,
      message: `This CSR was ${decision.done} by kubectl certificate ${decision.verb}.`,
      lastUpdateTime: formatTime(context.now()),
    };
    const next = {
      ...object,
      status: { ...object.status, conditions: [...conditions.filter((old) => old !== before), condition] },
    };
    const written = replaceObject(context, kind, '', info.name, next, {
      fieldManager: 'kubectl',
      subresource: 'approval',
    });
    if (!isFailed(written)) return { object: written.object as CertificateSigningRequest };
    const refusal = written.failure;
    if (typeof refusal === 'string' || !isConflict(refusal) || attempt >= MAX_RETRIES) return written;
  }
}

/** `kubectl certificate` (pkg/cmd/certificates/certificates.go). */
export const certificate = group({
  name: 'certificate',
  short: 'Modify certificate resources',
  long: 'Modify certificate resources.',
  usage: 'kubectl certificate SUBCOMMAND',
  subcommands: [
    decide({
      verb: 'approve',
      done: 'approved',
      type: 'Approved',
      opposite: 'Denied',
      reason: 'KubectlApprove',
    }),
    decide({ verb: 'deny', done: 'denied', type: 'Denied', opposite: 'Approved', reason: 'KubectlDeny' }),
  ],
});
