import { readFields } from "../status/rpcStatus.ts";

/** `partial_success` of the response, alike for all signals. Bytes that are no such message count as full success: the backend said so by its status. */
export function readPartialSuccess(body: Uint8Array): { rejectedSpans: number; message: string } {
  const partial = { rejectedSpans: 0, message: "" };
  try {
    readFields(body, (tag, reader) => {
      if (tag !== 10) return false;
      readFields(reader.bytes(), (inner, fields) => {
        if (inner === 8) partial.rejectedSpans = Number(fields.int64());
        else if (inner === 18) partial.message = fields.string().slice(0, 500);
        else return false;
        return true;
      });
      return true;
    });
  } catch {
    return { rejectedSpans: 0, message: "" };
  }
  return partial;
}
