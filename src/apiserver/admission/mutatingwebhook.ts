import type { MutatingWebhook, MutatingWebhookConfiguration } from '../../api/generated/types.ts';
import { mutatingWebhookConfiguration } from '../../api/kinds/mutatingwebhookconfiguration.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { applyJsonPatch } from '../../apimachinery/jsonpatch.ts';
import { isObject } from '../../apimachinery/object.ts';
import { isPatchError } from '../../apimachinery/patcherror.ts';
import { internalError, isStatus, type Status } from '../../apimachinery/status.ts';
import type { AdmissionRequest, RequestContext } from '../context.ts';
import { decodeValue } from '../decoding.ts';
import { ask } from '../webhooks/call.ts';
import { configuredWebhooks } from '../webhooks/configured.ts';
import { concerns } from '../webhooks/match.ts';
import type { AdmissionPlugin } from './admission.ts';

/** What happened in the first round of a request (webhook/mutating/reinvocationcontext.go). */
interface FirstRound {
  /** Webhooks to ask again, since the object has changed after they were asked. */
  readonly again: Set<MutatingWebhook>;
  /** Webhooks to ask again if it changes still. */
  readonly willing: Set<MutatingWebhook>;
  readonly output: KubeObject;
}

/** Of requests that are being admitted. */
const rounds = new WeakMap<AdmissionRequest, FirstRound>();

/**
 * Asks the webhooks of all MutatingWebhookConfigurations, by name, and applies their patches. When one has
 * changed the object, the whole chain of mutating plugins runs once more, and those webhooks that want it
 * (`reinvocationPolicy: IfNeeded`) are asked once more if the object has changed since.
 */
export const mutatingWebhook: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  reinvokes: true,
  handles: ({ group }) => group !== 'admissionregistration.k8s.io',
  admit(request, object) {
    const hooks = configuredWebhooks<MutatingWebhook, MutatingWebhookConfiguration>(
      request.ctx.server,
      mutatingWebhookConfiguration,
    );
    if (hooks.length === 0) return object;
    const first = rounds.get(request);
    const again = new Set(first?.again);
    if (first !== undefined && first.output !== object) for (const hook of first.willing) again.add(hook);
    const willing = new Set<MutatingWebhook>();
    let current: KubeObject = object;
    for (const hook of hooks) {
      if (first !== undefined && !again.has(hook)) continue;
      const subject = request.operation === 'DELETE' ? undefined : current;
      const concerned = concerns(hook, request, subject);
      if (isStatus(concerned)) return concerned;
      if (!concerned) continue;
      const verdict = ask(hook, request, subject, true);
      if (isStatus(verdict)) return verdict;
      if (changes(verdict.patch)) {
        if (subject === undefined) return mayNotChange(hook);
        const patched = patch(request, current, verdict.patch);
        if (isStatus(patched)) return patched;
        current = patched;
        for (const earlier of willing) again.add(earlier);
        willing.clear();
      }
      if (hook.reinvocationPolicy === 'IfNeeded') willing.add(hook);
    }
    rounds.set(request, { again, willing, output: current });
    return current;
  },
};

function changes(patch: Json | undefined): patch is Json {
  return patch !== undefined && !(Array.isArray(patch) && patch.length === 0);
}

function mayNotChange({ name }: MutatingWebhook): Status {
  const why = `admission webhook ${goQuote(name)} attempted to modify the object`;
  return internalError(`${why}, which is not supported for this operation`);
}

/** The object after a webhook's patch, decoded and with defaults like one from a client. */
function patch(request: AdmissionRequest, object: KubeObject, operations: Json): KubeObject | Status {
  const { ctx } = request;
  const patched = applyJsonPatch(object as unknown as Json, operations);
  if (isPatchError(patched)) return internalError(patched.error);
  const { kind, apiVersion } = ctx.resource;
  if (!isObject(patched)) return internalError(`the patch of a webhook made no ${kind.kind}`);
  const lenient: RequestContext = { ...ctx, options: { ...ctx.options, fieldValidation: 'Ignore' } };
  const target = { apiVersion, kind: kind.kind, schemaType: kind.schemaType };
  const decoded = decodeValue(lenient, patched as JsonObject, target);
  return typeof decoded === 'string' ? internalError(decoded) : kind.applyDefaults(decoded);
}
