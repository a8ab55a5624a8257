import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/api/object.ts';
import type { KubectlContext } from '../../../src/kubectl/context.ts';
import { describeObject } from '../../../src/kubectl/describe/describe.ts';
import { writeVolumes } from '../../../src/kubectl/describe/volumes.ts';
import { DescribeWriter } from '../../../src/kubectl/describe/writer.ts';
import { builtin } from '../../../src/kubectl/discovery.ts';

function volumes(...given: Parameters<typeof writeVolumes>[1] & object): string {
  const w = new DescribeWriter();
  writeVolumes(w, given, '');
  return w.toString();
}

function volume(spec: Record<string, unknown>): string {
  const object = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'bar' },
    spec,
  } as unknown as KubeObject;
  // A volume is described from itself alone; only its deletion is set against the time.
  const context = { now: () => 0 } as unknown as KubectlContext;
  return describeObject(context, builtin('persistentvolumes'), object, false);
}

// Layouts of pkg/describe/describe.go, cases of describe_test.go TestPersistentVolumeDescriber.
describe('volumes in kubectl describe', () => {
  it('indents the claim of an ephemeral volume piece by piece', () => {
    expect(
      volumes({
        name: 'scratch',
        ephemeral: {
          volumeClaimTemplate: {
            metadata: { labels: { type: 'scratch' } },
            spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', volumeMode: 'Filesystem' },
          },
        },
      }),
    ).toBe(
      `Volumes:
  scratch:
    Type:          EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)
    StorageClass:  fast
    Volume:        
    Labels:            type=scratch
    Annotations:       <none>
    Capacity:      
    Access Modes:  
    VolumeMode:    Filesystem
`,
    );
  });

  it('shows the attributes of a CSI volume under each other', () => {
    expect(volumes({ name: 'v', csi: { driver: 'd', volumeAttributes: { b: '2', a: '1' } } })).toBe(
      `Volumes:
  v:
    Type:              CSI (a Container Storage Interface (CSI) volume source)
    Driver:            d
    FSType:            
    ReadOnly:          false
    VolumeAttributes:      a=1
                           b=2
`,
    );
  });

  it('knows the volume types of the past', () => {
    expect(volumes({ name: 'g', gitRepo: { repository: 'r', revision: 'v1' } })).toContain(
      'GitRepo (a volume that is pulled from git when the pod is created)\n    Repository:  r\n    Revision:    v1\n',
    );
    expect(volumes({ name: 'r', rbd: { monitors: ['a', 'b'], image: 'i' } })).toMatch(
      /CephMonitors: +\[a b\]\n +RBDImage: +i\n[\s\S]*SecretRef: +nil\n/,
    );
    expect(volumes({ name: 'f', flexVolume: { driver: 'd', secretRef: { name: 's' } } })).toMatch(
      /SecretRef: +&LocalObjectReference\{Name:s,\}\n +ReadOnly: +false\n +Options: +map\[\]\n/,
    );
    expect(volumes({ name: 'i', iscsi: { targetPortal: 't', iqn: 'q', lun: 0, portals: ['p'] } })).toMatch(
      /ISCSIInterface +\n +FSType: +\n +ReadOnly: +false\n +Portals: +\[p\]\n[\s\S]*InitiatorName: +<none>\n/,
    );
  });

  it('takes an emptyDir of no size for one without a limit', () => {
    expect(volumes({ name: 'e', emptyDir: { sizeLimit: '0' } })).toMatch(/SizeLimit: +<unset>\n/);
    expect(volumes({ name: 'e', emptyDir: { sizeLimit: '1024Mi' } })).toMatch(/SizeLimit: +1Gi\n/);
  });

  it('describes a PersistentVolume as upstream lays it out', () => {
    const term = {
      matchExpressions: [
        { key: 'foo', operator: 'In', values: ['val1', 'val2'] },
        { key: 'foo', operator: 'Exists' },
      ],
    };
    expect(
      volume({
        capacity: { storage: '1024Mi' },
        accessModes: ['ReadWriteOnce'],
        local: { path: '/mnt' },
        nodeAffinity: { required: { nodeSelectorTerms: [term] } },
      }),
    ).toBe(
      `Name:              bar
Labels:            <none>
Annotations:       <none>
Finalizers:        []
StorageClass:      
Status:            
Claim:             
Reclaim Policy:    
Access Modes:      RWO
Capacity:          1Gi
Node Affinity:     
  Required Terms:  
    Term 0:        foo in [val1, val2]
                   foo exists
Message:           
Source:
    Type:  LocalVolume (a persistent volume backed by local storage on a node)
    Path:  /mnt
`,
    );
  });

  it('shows of a PersistentVolume what pods do not say of theirs', () => {
    expect(volume({ glusterfs: { endpoints: 'e', path: 'p' } })).toMatch(/EndpointsNamespace: +<unset>\n/);
    expect(volume({ csi: { driver: 'd', volumeHandle: 'h', readOnly: true } })).toMatch(
      /FSType: +\n +VolumeHandle: +h\n +ReadOnly: +true\n +VolumeAttributes: +<none>\n/,
    );
    expect(volume({ azureFile: { secretName: 's', shareName: 'x' } })).toMatch(/SecretNamespace: +\n/);
  });
});
