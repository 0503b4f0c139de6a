//! The verdicts that a producer can bring about, each with its words and its pictures.

import { look, open, verdict } from "../support/look";
import { expect, test } from "../support/world";

test("Failed: in what, how often, and what is still good", async ({ world, page }) => {
  await open(page, world.at());
  await world.processor("simulate", "--auto", "--speed", "100", "--fail-run").done();
  await expect(verdict(page)).toHaveText(/^Failed \d\d:\d\d$/);
  await expect(page.locator(".verdict .say")).toHaveText(
    /^Indicators stopped: could not write \(\d+ times\)\. Import and cache sync are complete\.$/,
  );
  await expect(page.getByRole("alert").filter({ hasText: "Failed" })).toBeAttached();
  await expect(page.locator(".toast.stays")).toContainText("Failed");
  await expect(page).toHaveTitle(/^! Failed \d\d:\d\d$/);
  await page.getByRole("button", { name: "Dismiss" }).first().click();
  await look(page, "failed");
});

test("Cancelled: how far it was and what was left", async ({ world, page }) => {
  await open(page, world.at());
  await world.processor("simulate", "--auto", "--speed", "100", "--cancel-run").done();
  await expect(verdict(page)).toHaveText(/^Cancelled \d\d:\d\d$/);
  await expect(page.locator(".verdict .say")).toHaveText(/\d+ symbols were not processed\. \d+ failed\.$/);
  await look(page, "cancelled");
});

test("Two runs at once: the larger has the verdict, the other a strip that stays", async ({ world, page }) => {
  await open(page, world.at());
  await world.processor("simulate", "--until", "55", "--speed", "200").done();
  await world.event("tickstock:import:started", "data_import_started", {
    run_id: "import-1",
    universe_names: ["nasdaq100"],
    total_symbols: 102,
  });
  await world.event("tickstock:import:progress", "import_progress", {
    run_id: "import-1",
    completed_symbols: 62,
    total_symbols: 102,
    current_symbol: "GE",
  });
  await expect(page.getByText("Also running: import of nasdaq100, 62 of 102")).toBeVisible();
  await expect(verdict(page)).toHaveText(/^Running/);
  await look(page, "two-runs");
});

test("A wall of ten thousand symbols", async ({ world, page }) => {
  await open(page, world.at());
  await world.processor("simulate", "--until", "45", "--speed", "300", "--symbols", "10000").done();
  await expect(page.getByRole("img", { name: /^Symbols, 10\s000: / }).first()).toBeVisible();
  await look(page, "running-10k");
});

test("To retry: how many, and by which cause", async ({ world, page }) => {
  await open(page, world.at());
  await world.processor("simulate", "--auto", "--speed", "100", "--failures", "14").done();
  await expect(verdict(page)).toHaveText(/^To retry 1\d$/);
  await expect(page.locator(".verdict .say")).toContainText(/^\d+ of 505 complete/);
  await expect(page).toHaveTitle(/^1\d to retry$/);
  await look(page, "to-retry");
});

test("Runs of a night stand under each other, the newest first", async ({ world, page }) => {
  await open(page, world.at());
  await world.processor("simulate", "--auto", "--speed", "600", "--seed", "1").done();
  await world.processor("simulate", "--auto", "--speed", "600", "--seed", "2", "--fail-run").done();
  const rows = page.locator("section.nights tbody tr");
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("Failed");
  await expect(rows.last()).toContainText("Complete");
  await look(page, "second-run");
});

test("Silent: the last message, its phase, and how long that phase is normally quiet", async ({ world, page }) => {
  test.setTimeout(240_000);
  await open(page, world.at());
  const night = world.processor("simulate", "--hang-at", "60", "--speed", "300");
  await night.says(/Silent from now on/);
  await expect(verdict(page)).toHaveText(/^Running/);
  // Two minutes of real silence: what the rule says.
  await expect(verdict(page)).toHaveText(/^Silent 2 min$/, { timeout: 150_000 });
  await expect(page.locator(".verdict .say")).toHaveText(
    /^Last message at \d\d:\d\d:\d\d in indicators, after \d+ of \d+ symbols\. This phase is normally quiet for up to 2 min\.$/,
  );
  await expect(page).toHaveTitle("! Silent 2 min");
  await look(page, "silent");
});
