import { describe, expect, it } from 'vitest';
import type { ImageRecord } from '../../src/kubelet/cri.ts';
import { VolumeFiles } from '../../src/kubelet/files.ts';
import { PullRecords } from '../../src/kubelet/pullrecords.ts';

const image: ImageRecord = { id: 'sha256:1234', repoTags: [], repoDigests: [], sizeBytes: 1, pinned: false };
const mate = { username: 'mate', password: 'rum' };
const cook = { username: 'cook', password: 'stew' };

const CASES = [
  {
    name: 'an image that was there from the beginning is for everybody',
    pulls: [],
    mate: true,
    cook: true,
    anyone: true,
  },
  { name: 'an image pulled by anybody is for everybody', pulls: [[]], mate: true, cook: true, anyone: true },
  {
    name: 'an image pulled with credentials is for those who have them',
    pulls: [[mate]],
    mate: true,
    cook: false,
    anyone: false,
  },
  {
    name: 'credentials that were good add up',
    pulls: [[mate], [cook]],
    mate: true,
    cook: true,
    anyone: false,
  },
  {
    name: 'an image that turns out to be public is for everybody',
    pulls: [[mate], []],
    mate: true,
    cook: true,
    anyone: true,
  },
] as const;

describe('the records of image pulls', () => {
  it.each(CASES)('$name', ({ name: _, pulls, ...wanted }) => {
    const disk = new VolumeFiles();
    for (const auth of pulls) new PullRecords(disk).pulled(image, auth);
    const records = new PullRecords(disk);
    expect({
      mate: records.allows(image, [mate]),
      cook: records.allows(image, [cook]),
      anyone: records.allows(image, []),
    }).toEqual(wanted);
  });
});
