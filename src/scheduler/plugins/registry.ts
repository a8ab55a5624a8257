import type { PluginFactory } from '../framework.ts';
import { defaultBinder } from './defaultbinder.ts';
import { defaultPreemption } from './defaultpreemption.ts';
import { dynamicResources } from './dynamicresources.ts';
import { imageLocality } from './imagelocality.ts';
import { interPodAffinity } from './interpodaffinity.ts';
import { nodeAffinity } from './nodeaffinity.ts';
import { nodeName } from './nodename.ts';
import { nodePorts } from './nodeports.ts';
import { nodeResourcesBalancedAllocation } from './noderesourcesbalancedallocation.ts';
import { nodeResourcesFit } from './noderesourcesfit.ts';
import { nodeUnschedulable } from './nodeunschedulable.ts';
import { podTopologySpread } from './podtopologyspread.ts';
import { prioritySort } from './prioritysort.ts';
import { schedulingGates } from './schedulinggates.ts';
import { taintToleration } from './tainttoleration.ts';
import { volumeBinding } from './volumebinding.ts';
import { volumeRestrictions } from './volumerestrictions.ts';
import { volumeZone } from './volumezone.ts';

/** Every plugin there is, sorted. Which are used, in which order, is the profile's to say. */
export const PLUGINS: readonly PluginFactory[] = [
  defaultBinder,
  defaultPreemption,
  dynamicResources,
  imageLocality,
  interPodAffinity,
  nodeAffinity,
  nodeName,
  nodePorts,
  nodeResourcesBalancedAllocation,
  nodeResourcesFit,
  nodeUnschedulable,
  podTopologySpread,
  prioritySort,
  schedulingGates,
  taintToleration,
  volumeBinding,
  volumeRestrictions,
  volumeZone,
];
