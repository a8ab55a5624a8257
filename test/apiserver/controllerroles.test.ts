import { expect, it } from 'vitest';
import { CONTROLLER_ROLES } from '../../src/apiserver/authorization/policy/controllerroles.ts';
import { controllerAccount } from '../../src/cluster/identities.ts';
import { controllers } from '../../src/controllers/registry.ts';

/** The storage's own provisioner is no part of Kubernetes: its rules come with the storage (kubeadmrbac.ts). */
const OWN = controllers.map(({ name }) => name).filter((name) => name !== 'shipshape-provisioner');

it.each(OWN)('%s may do what its role says, and has one', (name) => {
  const account = controllerAccount(name).name.split(':').at(-1);
  expect(CONTROLLER_ROLES.map(({ metadata }) => metadata.name)).toContain(`system:controller:${account}`);
});
