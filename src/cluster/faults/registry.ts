import { componentKill } from './componentkill.ts';
import { componentPause } from './componentpause.ts';
import { componentResume } from './componentresume.ts';
import { componentStart } from './componentstart.ts';
import { componentStop } from './componentstop.ts';
import type { FaultDefinition } from './fault.ts';
import { kubeletStart } from './kubeletstart.ts';
import { kubeletStop } from './kubeletstop.ts';
import { networkCut } from './networkcut.ts';
import { networkHeal } from './networkheal.ts';
import { nodeAdd } from './nodeadd.ts';
import { nodeDown } from './nodedown.ts';
import { nodeUp } from './nodeup.ts';

/** The faults that levels, the sandbox and scenarios can schedule, by file name. */
export const faults: readonly FaultDefinition[] = [
  componentKill,
  componentPause,
  componentResume,
  componentStart,
  componentStop,
  kubeletStart,
  kubeletStop,
  networkCut,
  networkHeal,
  nodeAdd,
  nodeDown,
  nodeUp,
];
