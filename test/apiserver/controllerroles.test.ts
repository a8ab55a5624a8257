import { expect, it } from 'vitest';
import { CONTROLLER_ROLES } from '../../src/apiserver/authorization/policy/controllerroles.ts';
import { controllerAccount } from '../../src/cluster/identities.ts';
import { controllers } from '../../src/controllers/registry.ts';

it.each(controllers.map(({ name }) => name))('%s may do what its role says, and has one', (name) => {
  const account = controllerAccount(name).name.split(':').at(-1);
  expect(CONTROLLER_ROLES.map(({ metadata }) => metadata.name)).toContain(`system:controller:${account}`);
});
