import { z } from "zod";

const grpcReceiverSchema = z.strictObject({
  engine: z.enum(["node"], "must be node").default("node").describe("The HTTP/2 implementation that OTLP/gRPC is received with."),
});
export type GrpcReceiverSettings = z.infer<typeof grpcReceiverSchema>;

/** How the collector listens. Of its process, from its own file: the control plane neither sends nor changes it. */
export const receiversSchema = z.strictObject({
  grpc: grpcReceiverSchema.prefault({}).describe("OTLP/gRPC."),
});
export type ReceiverSettings = z.infer<typeof receiversSchema>;
