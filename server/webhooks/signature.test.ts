import { expect, it } from "vitest";
import { signatureOf } from "./signature.ts";

it("signs as the specification's own example does, and with each secret that is valid", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const signature = signatureOf([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, '{"test": 2432232314}');
  expect(signature).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  expect(signatureOf([secret, "whsec_AAAA"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, '{"test": 2432232314}').split(" ")).toHaveLength(2);
});
