import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withWebhookDefaults } from '../defaults/webhooks.ts';
import type { MutatingWebhook, MutatingWebhookConfiguration } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { validateWebhooks } from '../validation/webhooks.ts';

/** admissionregistration.k8s.io/v1 MutatingWebhookConfiguration: who else may change what is to be stored. */
export const mutatingWebhookConfiguration: KindDefinition<MutatingWebhookConfiguration> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
  shortNames: [],
  categories: ['api-extensions'],
  namespaced: false,
  schemaType: 'MutatingWebhookConfiguration',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) =>
    object.webhooks === undefined ? object : { ...object, webhooks: object.webhooks.map(withDefaults) },
  validate: ({ webhooks }) => validateWebhooks(webhooks ?? []),
  statusSubresource: false,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  defaultPropagation: 'Background',
  columns: [nameColumn, { name: 'Webhooks', cell: ({ webhooks }) => webhooks?.length ?? 0 }, ageColumn],
};

function withDefaults(hook: MutatingWebhook): MutatingWebhook {
  const defaulted = withWebhookDefaults(hook);
  return defaulted.reinvocationPolicy === undefined
    ? { ...defaulted, reinvocationPolicy: 'Never' }
    : defaulted;
}
