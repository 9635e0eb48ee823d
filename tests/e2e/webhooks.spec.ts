import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { expectLooks, signedInContext } from "./browser.ts";

let headgate: Headgate;
let receiver: Server;
let status = 503;
test.beforeAll(async () => {
  receiver = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(status).end(status === 503 ? "not now" : "thanks"));
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  headgate = await startHeadgate({ env: { HEADGATE_WEBHOOKS_PRIVATE: "allow" } });
  await createOwner(headgate);
});
test.afterAll(async () => {
  receiver?.close();
  await headgate?.remove();
});

test("a webhook is added, tested, and its log says what was answered", async ({ browser }) => {
  test.setTimeout(240_000);
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/settings");
  await page.getByRole("link", { name: "Webhooks" }).click();
  await page.getByRole("button", { name: "Add a webhook" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add a webhook" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("pager");
  await dialog.getByRole("textbox", { name: "Address" }).fill("ftp://nowhere");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(dialog.getByText("must be an http or https address")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Address" }).fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`);
  await expectLooks(page, "webhooks-dialog");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(page.locator("[data-slot=webhook-secret]")).toHaveText(/^whsec_/);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Test pager" }).click();
  const row = page.locator("[data-delivery=test]");
  await expect(row).toContainText("it answered 503");
  status = 200;
  await row.getByRole("button", { name: "Send again" }).click();
  await expect(row).toContainText("delivered", { timeout: 30_000 });
  await expect(row).toContainText("thanks");
  await expectLooks(page, "webhooks-log");
  await context.close();
});
