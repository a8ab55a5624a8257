import { TROUBLE_CODES, type TroubleCode } from '../apitrouble.ts';
import type { FaultDefinition } from './fault.ts';

/** From now on a share of the requests fails, until ApiRecover. */
export const apiErrors: FaultDefinition = {
  kind: 'ApiErrors',
  fields: ['code', 'percent', 'user', 'resource'],
  effect: 'breaks',
  targets: () => TROUBLE_CODES.map((code) => ({ code, percent: 50 })),
  inject(cluster, fault) {
    const { code = 500, percent = 100, user, resource } = fault;
    if (!isTroubleCode(code))
      return `fault ApiErrors: code must be one of ${TROUBLE_CODES.join(', ')}, not ${JSON.stringify(code)}`;
    if (typeof percent !== 'number' || !Number.isInteger(percent) || percent < 1 || percent > 100)
      return `fault ApiErrors: percent must be a whole number from 1 to 100, not ${JSON.stringify(percent)}`;
    for (const [field, value] of Object.entries({ user, resource }))
      if (value !== undefined && (typeof value !== 'string' || value === ''))
        return `fault ApiErrors: ${field} must be a name, not ${JSON.stringify(value)}`;
    cluster.apiTrouble.add({
      code,
      percent,
      ...(typeof user === 'string' ? { user } : {}),
      ...(typeof resource === 'string' ? { resource } : {}),
    });
    return undefined;
  },
};

function isTroubleCode(code: unknown): code is TroubleCode {
  return (TROUBLE_CODES as readonly unknown[]).includes(code);
}
