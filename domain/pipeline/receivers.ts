import { z } from "zod";

const grpcReceiverSchema = z.strictObject({
  engine: z
    .enum(["node", "lean"], "must be node or lean")
    .default("node")
    .describe("The HTTP/2 implementation that OTLP/gRPC is received with: Node's own, or one that does only what gRPC calls need, for a fraction of the CPU."),
});
export type GrpcReceiverSettings = z.infer<typeof grpcReceiverSchema>;

/** How the collector listens. Of its process, from its own file: the control plane neither sends nor changes it. */
export const receiversSchema = z.strictObject({
  grpc: grpcReceiverSchema.prefault({}).describe("OTLP/gRPC."),
});
export type ReceiverSettings = z.infer<typeof receiversSchema>;
