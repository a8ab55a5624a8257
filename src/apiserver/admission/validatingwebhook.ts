import type { ValidatingWebhook, ValidatingWebhookConfiguration } from '../../api/generated/types.ts';
import { validatingWebhookConfiguration } from '../../api/kinds/validatingwebhookconfiguration.ts';
import { isStatus } from '../../apimachinery/status.ts';
import { ask } from '../webhooks/call.ts';
import { configuredWebhooks } from '../webhooks/configured.ts';
import { concerns } from '../webhooks/match.ts';
import type { AdmissionPlugin } from './admission.ts';

/** Asks the webhooks of all ValidatingWebhookConfigurations; the first refusal counts. */
export const validatingWebhook: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  handles: ({ group }) => group !== 'admissionregistration.k8s.io',
  validate(request, object) {
    const hooks = configuredWebhooks<ValidatingWebhook, ValidatingWebhookConfiguration>(
      request.ctx.server,
      validatingWebhookConfiguration,
    );
    const subject = request.operation === 'DELETE' ? undefined : object;
    for (const hook of hooks) {
      const concerned = concerns(hook, request, subject);
      if (isStatus(concerned)) return concerned;
      if (!concerned) continue;
      const verdict = ask(hook, request, subject, false);
      if (isStatus(verdict)) return verdict;
    }
    return undefined;
  },
};
