import { apiErrors } from './apierrors.ts';
import { apiRecover } from './apirecover.ts';
import { clockSkew } from './clockskew.ts';
import { componentKill } from './componentkill.ts';
import { componentPause } from './componentpause.ts';
import { componentResume } from './componentresume.ts';
import { componentStart } from './componentstart.ts';
import { componentStop } from './componentstop.ts';
import { diskFree } from './diskfree.ts';
import { diskFull } from './diskfull.ts';
import { dnsRight } from './dnsright.ts';
import { dnsWrong } from './dnswrong.ts';
import { etcdCompact } from './etcdcompact.ts';
import { etcdFree } from './etcdfree.ts';
import { etcdFull } from './etcdfull.ts';
import { etcdSlow } from './etcdslow.ts';
import type { FaultDefinition } from './fault.ts';
import { kubeletStart } from './kubeletstart.ts';
import { kubeletStop } from './kubeletstop.ts';
import { linkCut } from './linkcut.ts';
import { linkHeal } from './linkheal.ts';
import { linkSlow } from './linkslow.ts';
import { networkCut } from './networkcut.ts';
import { networkHeal } from './networkheal.ts';
import { networkPluginDown } from './networkplugindown.ts';
import { networkPluginUp } from './networkpluginup.ts';
import { nodeAdd } from './nodeadd.ts';
import { nodeClog } from './nodeclog.ts';
import { nodeDown } from './nodedown.ts';
import { nodeLoad } from './nodeload.ts';
import { nodeUnclog } from './nodeunclog.ts';
import { nodeUnload } from './nodeunload.ts';
import { nodeUp } from './nodeup.ts';
import { registryDown } from './registrydown.ts';
import { registryUp } from './registryup.ts';
import { storageDown } from './storagedown.ts';
import { storageUp } from './storageup.ts';
import { watchDrop } from './watchdrop.ts';
import { watchSlow } from './watchslow.ts';

/** The faults that levels, the sandbox and scenarios can schedule, by file name. */
export const faults: readonly FaultDefinition[] = [
  apiErrors,
  apiRecover,
  clockSkew,
  componentKill,
  componentPause,
  componentResume,
  componentStart,
  componentStop,
  diskFree,
  diskFull,
  dnsRight,
  dnsWrong,
  etcdCompact,
  etcdFree,
  etcdFull,
  etcdSlow,
  kubeletStart,
  kubeletStop,
  linkCut,
  linkHeal,
  linkSlow,
  networkCut,
  networkHeal,
  networkPluginDown,
  networkPluginUp,
  nodeAdd,
  nodeClog,
  nodeDown,
  nodeLoad,
  nodeUnload,
  nodeUnclog,
  nodeUp,
  registryDown,
  registryUp,
  storageDown,
  storageUp,
  watchDrop,
  watchSlow,
];
