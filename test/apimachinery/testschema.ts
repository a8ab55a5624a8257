import type { Schema } from '../../src/apimachinery/schema.ts';

/** A few types as in assets/schema.json, with each way a list or map can merge. */
export const schema: Schema = {
  Deployment: {
    fields: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'ref', ref: 'ObjectMeta' },
      spec: { type: 'ref', ref: 'DeploymentSpec' },
    },
  },
  ObjectMeta: {
    fields: {
      name: { type: 'string' },
      labels: { type: 'map', items: { type: 'string' } },
      annotations: { type: 'map', items: { type: 'string' } },
      creationTimestamp: { type: 'time' },
      finalizers: { type: 'list', items: { type: 'string' }, patchStrategy: 'merge' },
    },
  },
  DeploymentSpec: {
    fields: {
      replicas: { type: 'integer', format: 'int32' },
      paused: { type: 'boolean' },
      strategy: { type: 'ref', ref: 'DeploymentStrategy', patchStrategy: 'retainKeys' },
      template: { type: 'ref', ref: 'PodTemplateSpec' },
    },
  },
  DeploymentStrategy: {
    fields: {
      type: { type: 'string' },
      rollingUpdate: { type: 'ref', ref: 'RollingUpdate' },
    },
  },
  RollingUpdate: { fields: { maxSurge: { type: 'intOrString' } } },
  PodTemplateSpec: {
    fields: { metadata: { type: 'ref', ref: 'ObjectMeta' }, spec: { type: 'ref', ref: 'PodSpec' } },
  },
  PodSpec: {
    fields: {
      containers: {
        type: 'list',
        items: { type: 'ref', ref: 'Container' },
        required: true,
        patchStrategy: 'merge',
        patchMergeKey: 'name',
      },
      volumes: {
        type: 'list',
        items: { type: 'ref', ref: 'Volume' },
        patchStrategy: 'merge,retainKeys',
        patchMergeKey: 'name',
      },
      tolerations: { type: 'list', items: { type: 'ref', ref: 'Toleration' } },
      nodeSelector: { type: 'map', items: { type: 'string' } },
      restartPolicy: { type: 'string' },
    },
  },
  Container: {
    fields: {
      name: { type: 'string' },
      image: { type: 'string' },
      imagePullPolicy: { type: 'string' },
      args: { type: 'list', items: { type: 'string' } },
      env: {
        type: 'list',
        items: { type: 'ref', ref: 'EnvVar' },
        patchStrategy: 'merge',
        patchMergeKey: 'name',
      },
      resources: { type: 'ref', ref: 'ResourceRequirements' },
    },
  },
  EnvVar: { fields: { name: { type: 'string' }, value: { type: 'string' } } },
  ResourceRequirements: { fields: { limits: { type: 'map', items: { type: 'quantity' } } } },
  Volume: {
    fields: {
      name: { type: 'string' },
      emptyDir: { type: 'ref', ref: 'EmptyDir' },
      hostPath: { type: 'ref', ref: 'HostPath' },
    },
  },
  EmptyDir: { fields: { medium: { type: 'string' } } },
  HostPath: { fields: { path: { type: 'string' } } },
  Toleration: { fields: { key: { type: 'string' } } },
  Secret: { fields: { data: { type: 'map', items: { type: 'bytes' } } } },
};
