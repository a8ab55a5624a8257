import type { Handle, Plugin, PluginArgs, PluginFactory } from './framework.ts';
import { PLUGINS } from './plugins/registry.ts';

/** A plugin of a profile; `weight` is what a point of its score counts, 1 unless said. */
export interface ProfilePlugin {
  readonly name: string;
  readonly weight?: number;
  readonly args?: PluginArgs;
}

/** Which plugins a scheduler uses, in the order they are asked. */
export interface Profile {
  /** The pods it cares for are those whose `schedulerName` is this. */
  readonly schedulerName: string;
  readonly plugins: readonly ProfilePlugin[];
}

/** The order and the weights of apis/config/v1/default_plugins.go. */
export const DEFAULT_PROFILE: Profile = {
  schedulerName: 'default-scheduler',
  plugins: [
    { name: 'SchedulingGates' },
    { name: 'PrioritySort' },
    { name: 'NodeUnschedulable' },
    { name: 'NodeName' },
    { name: 'TaintToleration', weight: 3 },
    { name: 'NodeAffinity', weight: 2 },
    { name: 'NodePorts' },
    { name: 'NodeResourcesFit' },
    { name: 'VolumeRestrictions' },
    { name: 'VolumeBinding' },
    { name: 'VolumeZone' },
    { name: 'PodTopologySpread', weight: 2 },
    { name: 'InterPodAffinity', weight: 2 },
    { name: 'DynamicResources' },
    { name: 'DefaultPreemption' },
    { name: 'NodeResourcesBalancedAllocation' },
    { name: 'ImageLocality' },
    { name: 'DefaultBinder' },
  ],
};

const BY_NAME: ReadonlyMap<string, PluginFactory> = new Map(
  PLUGINS.map((factory) => [factory.name, factory]),
);

/** The plugins of a profile with their weights. A name that no plugin has is the caller's bug: it throws. */
export function resolveProfile(profile: Profile): { create: (handle: Handle) => Plugin; weight: number }[] {
  return profile.plugins.map(({ name, weight = 1, args = {} }) => {
    const factory = BY_NAME.get(name);
    if (factory === undefined)
      throw new Error(`scheduler profile ${profile.schedulerName}: no plugin ${name}`);
    return { create: (handle) => factory.create(handle, args), weight };
  });
}
