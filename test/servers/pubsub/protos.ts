import { createRequire } from 'node:module';
import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

/** The one method of `google.iam.v1.IAMPolicy` that the server has. */
const IAM_TYPES = {
  IAMPolicy: {
    methods: {
      TestIamPermissions: {
        requestType: 'TestIamPermissionsRequest',
        responseType: 'TestIamPermissionsResponse',
      },
    },
  },
  TestIamPermissionsRequest: {
    fields: {
      resource: { type: 'string', id: 1 },
      permissions: { rule: 'repeated', type: 'string', id: 2 },
    },
  },
  TestIamPermissionsResponse: { fields: { permissions: { rule: 'repeated', type: 'string', id: 1 } } },
};

const IAM: object = {
  nested: { google: { nested: { iam: { nested: { v1: { nested: IAM_TYPES } } } } } },
};
const protos = createRequire(import.meta.url)('@google-cloud/pubsub/build/protos/protos.json') as object;
const options = { longs: String, enums: String, defaults: true, keepCase: false };

interface Service {
  readonly service: ServiceDefinition;
}
interface Packages {
  readonly google: {
    readonly pubsub: { readonly v1: { readonly Publisher: Service; readonly Subscriber: Service } };
    readonly iam: { readonly v1: { readonly IAMPolicy: Service } };
  };
}

const pubsub = loadPackageDefinition(fromJSON(protos, options)) as unknown as Packages;
const iam = loadPackageDefinition(fromJSON(IAM, options)) as unknown as Packages;

/** The services of Pub/Sub, from the definitions that the client brings. */
export const { Publisher, Subscriber } = pubsub.google.pubsub.v1;
export const { IAMPolicy } = iam.google.iam.v1;
