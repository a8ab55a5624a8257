import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withWebhookDefaults } from '../defaults/webhooks.ts';
import type { ValidatingWebhookConfiguration } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { validateWebhooks } from '../validation/webhooks.ts';

/** admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration: who else is asked before something is stored. */
export const validatingWebhookConfiguration: KindDefinition<ValidatingWebhookConfiguration> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
  shortNames: [],
  categories: ['api-extensions'],
  namespaced: false,
  schemaType: 'ValidatingWebhookConfiguration',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) =>
    object.webhooks === undefined
      ? object
      : { ...object, webhooks: object.webhooks.map(withWebhookDefaults) },
  validate: ({ webhooks }) => validateWebhooks(webhooks ?? []),
  statusSubresource: false,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
  defaultPropagation: 'Background',
  columns: [nameColumn, { name: 'Webhooks', cell: ({ webhooks }) => webhooks?.length ?? 0 }, ageColumn],
};
