import { expect, it } from 'vitest';
import { serviceAccount } from '../../../src/api/kinds/serviceaccount.ts';

const ACCOUNT = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };

it('a service account keeps only the names of its secrets', () => {
  const object = { ...ACCOUNT, secrets: [{ name: 'a', namespace: 'elsewhere', uid: 'u' }] };
  expect(serviceAccount.prepareForCreate?.(object).secrets).toEqual([{ name: 'a' }]);
});

it('a service account without more than that stays as it is', () => {
  const object = { ...ACCOUNT, secrets: [{ name: 'a' }] };
  expect(serviceAccount.prepareForCreate?.(object)).toBe(object);
});

it('kubectl get serviceaccounts shows name and age', () => {
  expect(serviceAccount.columns.map((c) => c.name.toUpperCase())).toEqual(['NAME', 'AGE']);
});
