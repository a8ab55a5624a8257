import type { PluginFactory } from '../framework.ts';
import { rejection } from '../status.ts';

const NAME = 'DynamicResources';
const NOTHING: { readonly status: ReturnType<typeof rejection> } = Object.freeze({
  status: rejection('unschedulable', NAME, 'no new claims to deallocate'),
});

/**
 * For pods without resource claims, which are all there are here, the real plugin takes part in one
 * thing only: what it says when a pod fits nowhere (plugins/dynamicresources).
 */
export const dynamicResources: PluginFactory = {
  name: NAME,
  create: () => ({
    name: NAME,
    postFilter: () => NOTHING,
  }),
};
