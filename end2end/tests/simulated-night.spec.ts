//! A simulated night of 505 symbols, from Listening to its end, with and without script; marked as simulated throughout.

import { look, open, verdict, watch } from "../support/look";
import { expect, test } from "../support/world";

test("a simulated night is seen to its end, and the page ends with the producer's numbers", async ({ world, page }) => {
  const seen = watch(page);
  await open(page, world.at());
  await expect(verdict(page)).toHaveText(/^Listening/);
  const night = world.processor("simulate", "--auto", "--speed", "120");
  await expect(verdict(page)).toHaveText(/^Running/);
  await expect(page.getByText("SIMULATED", { exact: true })).toBeVisible();
  await expect(page.getByRole("img", { name: /^Indicators, running/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("img", { name: /^Symbols, 505: / }).first()).toBeVisible();
  await look(page, "running");
  await night.done();

  // Four of 505 are within the tolerance, and there is no night before to tell whether they are new.
  await expect(verdict(page)).toHaveText(/^Complete \d\d:\d\d$/);
  const status = await world.server.status();
  expect(status).toMatchObject({ is_running: false, status: "success", symbols_total: 505, symbols_failed: 4 });
  await expect(page.locator("section.fails")).toContainText("4 failed");
  await expect(page.locator(".verdict .say")).toContainText("505 symbols");
  await expect(page.getByRole("img", { name: /^Patterns, done, 501 of 501 symbols/ })).toBeVisible();
  await look(page, "simulated-complete");
  expect(seen.errors).toEqual([]);
});

test("the same night without script: the reloaded page says the same", async ({ world, browser, page }) => {
  const context = await browser.newContext({ storageState: world.server.signedIn, javaScriptEnabled: false, timezoneId: "America/New_York" });
  const plain = await context.newPage();
  const night = world.processor("simulate", "--auto", "--speed", "600");
  await night.done();
  await open(page, world.at());
  await expect(verdict(page)).toHaveText(/^Complete/);
  await plain.goto(world.at());
  for (const region of [".verdict h1", ".verdict .say", ".verdict .figs:not(.ready)", "section.fails", "section.phases"]) {
    await expect(plain.locator(region), region).toHaveText(await page.locator(region).innerText(), { useInnerText: true });
  }
  await context.close();
});
