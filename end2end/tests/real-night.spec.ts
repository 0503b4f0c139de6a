//! The small real night, from Listening to its end: real bars, real indicators, seen live and without script.

import { audit, live, look, open, verdict, watch } from "../support/look";
import { expect, test } from "../support/world";

test("a real night is seen from Listening to its end, without a reload and without polling", async ({ world, page }) => {
  const seen = watch(page);
  await open(page, world.at());
  await expect(verdict(page)).toHaveText(/^Listening/);
  await expect(page.getByText(/No run has been heard yet\. Connected to Redis at redis:\/\/127\.0\.0\.1:/)).toBeVisible();
  await look(page, "listening");
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  seen.settle();

  const night = world.processor("run", "--pace", "0.2");
  await expect(verdict(page)).toHaveText(/^Running/);
  await expect(page.getByRole("img", { name: /^Data import, running/ })).toBeVisible();
  await expect(page.getByText("of 5 processed")).toBeVisible();
  await expect(page.getByRole("img", { name: /^Indicators, running/ })).toBeVisible();
  await look(page, "real-night");
  await night.done();

  await expect(verdict(page)).toHaveText(/^Complete/);
  await expect(page.getByText(/’s data is complete: 5 symbols, /)).toBeVisible();
  // 12 154 bars; five indicators of five symbols, less FB's SMA 200, for which it has too few bars.
  await expect(page.locator(".verdict .figs:not(.ready)")).toContainText("12\u2009154 records");
  await expect(page.locator(".verdict .figs:not(.ready)")).toContainText("24 indicators");
  await expect(page.locator(".problems")).toContainText("SMA 200 needs 200 bars, FB has");
  await expect(page).toHaveTitle(/^OK \d\d:\d\d$/);
  await look(page, "complete");

  expect(await page.evaluate(() => "sameDocument" in window), "the page was not loaded again").toBe(true);
  expect(seen.requests, "nothing is asked for: everything comes over the socket").toEqual([]);
  expect(seen.errors).toEqual([]);
});

test("a real night without script: each reload is a true snapshot", async ({ world, browser }) => {
  const context = await browser.newContext({ storageState: world.server.signedIn, javaScriptEnabled: false, timezoneId: "America/New_York" });
  const page = await context.newPage();
  await page.goto(world.at());
  await expect(verdict(page)).toHaveText(/^Listening/);
  await expect(page.getByText(/^Snapshot of \d\d:\d\d:\d\d\. Reload for a newer one\.$/)).toBeVisible();

  const night = world.processor("run", "--pace", "0.1");
  await night.says(/Import: 12154 bars of 5 symbols, 0 failed/);
  await expect(async () => {
    await page.reload();
    await expect(verdict(page)).toHaveText(/^Running/, { timeout: 100 });
    await expect(page.getByRole("img", { name: /^Data import, done, 5 of 5/ })).toBeVisible({ timeout: 100 });
  }).toPass();
  await night.done();
  await expect(async () => {
    await page.reload();
    await expect(verdict(page)).toHaveText(/^Complete/, { timeout: 100 });
  }).toPass();
  await expect(page.locator(".verdict .figs:not(.ready)")).toContainText("12\u2009154 records");
  // Nothing is offered that needs a script.
  await expect(page.getByRole("button")).toHaveCount(0);
  await context.close();
});

test("the moment of going live is short, and said", async ({ world, page }) => {
  await page.goto(world.at());
  await expect(page.locator(".view summary .words")).toHaveText(/^Snapshot of |^Live · /);
  await live(page);
  await audit(page, "listening");
});
