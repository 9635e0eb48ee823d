import type { MethodDefinition } from "@grpc/grpc-js";
import { headgate } from "#proto/gen/fleet.js";

const { CollectorMessage, EnrolRequest, EnrolResponse, ServerMessage } = headgate.fleet.v1;

export type EnrolRequestFields = headgate.fleet.v1.EnrolRequest.$Properties;
export type EnrolResponseFields = headgate.fleet.v1.EnrolResponse.$Properties;
export type CollectorMessageFields = headgate.fleet.v1.CollectorMessage.$Properties;
export type ServerMessageFields = headgate.fleet.v1.ServerMessage.$Properties;

type Codec<T> = { encode(message: T): { finish(): Uint8Array }; decode(bytes: Uint8Array): T };
const serialize =
  <T>(codec: Codec<T>) =>
  (message: T): Buffer =>
    Buffer.from(codec.encode(message).finish());
const deserialize =
  <T>(codec: Codec<T>) =>
  (bytes: Buffer): T =>
    codec.decode(bytes);

/** proto/fleet/v1/fleet.proto as @grpc/grpc-js takes it, typed, without loading the .proto at run time. */
export const FLEET_METHODS = {
  enrol: {
    path: "/headgate.fleet.v1.FleetService/Enrol",
    requestStream: false,
    responseStream: false,
    requestSerialize: serialize<EnrolRequestFields>(EnrolRequest),
    requestDeserialize: deserialize<EnrolRequestFields>(EnrolRequest),
    responseSerialize: serialize<EnrolResponseFields>(EnrolResponse),
    responseDeserialize: deserialize<EnrolResponseFields>(EnrolResponse),
  } satisfies MethodDefinition<EnrolRequestFields, EnrolResponseFields>,
  connect: {
    path: "/headgate.fleet.v1.FleetService/Connect",
    requestStream: true,
    responseStream: true,
    requestSerialize: serialize<CollectorMessageFields>(CollectorMessage),
    requestDeserialize: deserialize<CollectorMessageFields>(CollectorMessage),
    responseSerialize: serialize<ServerMessageFields>(ServerMessage),
    responseDeserialize: deserialize<ServerMessageFields>(ServerMessage),
  } satisfies MethodDefinition<CollectorMessageFields, ServerMessageFields>,
};
