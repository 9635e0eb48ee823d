import { jsonToProtobuf } from "#collector/receive/jsonToProtobuf.ts";
import { JSON_DEPTH_MAX } from "#collector/receive/surveyJson.ts";
import { canonical } from "../canonical.ts";
import { generateJson } from "../jsonGenerator.ts";
import { JsonRequest, jsonDepth, readJson } from "../jsonOracle.ts";
import { mutate } from "../mutate.ts";
import { ensure, type FuzzTarget } from "../target.ts";

/** OTLP/JSON to protobuf. */
export const json: FuzzTarget = {
  name: "json",
  generate(random) {
    const request = generateJson(random);
    return random(2) === 0 ? request : mutate(request, generateJson(random), random);
  },
  check(input) {
    const result = jsonToProtobuf(input, 0, input.length);
    const wanted = readJson(input);
    if (!Buffer.isBuffer(result)) {
      const isTooDeep = result.reason === "too_deep" && jsonDepth(input) > JSON_DEPTH_MAX;
      ensure(wanted === undefined || isTooDeep, () => `refused, though it is valid: ${result.message}`);
      return;
    }
    if (wanted === undefined) throw new Error("taken, though it is not valid");
    const got = canonical(JsonRequest, JsonRequest.decode(result));
    const expected = canonical(JsonRequest, JsonRequest.decode(JsonRequest.encode(wanted).finish()));
    ensure(got === expected, () => `${got}\n  instead of: ${expected}`);
    // Wherever the text lies, and whatever is around it.
    const around = Buffer.concat([Buffer.from('{"'), input, Buffer.from('"}]')]);
    const inside = jsonToProtobuf(around, 2, 2 + input.length);
    ensure(Buffer.isBuffer(inside) && inside.equals(result), () => "read around its bounds");
  },
};
