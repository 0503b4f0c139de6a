//! What was: two nights and their log, found from the page History on, with script and without it.

import type { Page } from "@playwright/test";
import { live, look, verdict, watch } from "../support/look";
import { aNightLater } from "../support/past";
import { type World, expect, test } from "../support/world";

/** Waits until the newest night is kept with this verdict; its run's id. */
const kept = async (world: World, word: string) => {
  let run = "";
  await expect
    .poll(async () => {
      const answer = (await (await world.server.get("/api/nights?limit=1")).json()) as {
        nights: { verdict: string; run_id: string }[];
      };
      run = answer.nights[0]?.run_id ?? "";
      return answer.nights[0]?.verdict;
    })
    .toBe(word);
  return run;
};

/** A night that failed, and after it one with failures to repair. */
const twoNights = async (world: World) => {
  await world.processor("simulate", "--auto", "--speed", "600", "--fail-run").done();
  const before = await kept(world, "Failed");
  await aNightLater(world.server);
  await world.processor("simulate", "--auto", "--speed", "600", "--failures", "14", "--seed", "7").done();
  return { before, tonight: await kept(world, "To retry") };
};

/** On its way the page is looked at, where there is a script to look with. */
type Looking = (name: string) => Promise<void>;

const throughTheArchive = async (world: World, page: Page, looking: Looking) => {
  const { before, tonight } = await twoNights(world);
  const runLink = (id: string) => page.locator(`tbody a[href="/admin/runs/${id}"]`);
  const nav = page.getByRole("navigation", { name: "Pages", exact: true });

  // History, from the page of tonight.
  await page.goto(world.at());
  await nav.getByRole("link", { name: "History" }).click();
  await expect(verdict(page)).toHaveText("History");
  await expect(page.locator("main .say")).toHaveText("The last 2 nights: 1 to retry, 1 failed.");
  const rows = page.locator("main tbody tr");
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("To retry");
  await expect(rows.last()).toContainText("Failed");
  await expect(runLink(tonight)).toBeVisible();
  await looking("history");

  // Its form.
  await page.getByLabel("Verdict", { exact: true }).selectOption({ label: "Failed" });
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page).toHaveURL(/\/admin\/history\?verdict=failed&/);
  await expect(rows).toHaveCount(1);
  await expect(runLink(before)).toBeVisible();
  await expect(page.getByLabel("Verdict", { exact: true })).toHaveValue("failed");
  await page.goto(world.at("/admin/history?from=2026-02-30"));
  await expect(page.getByText("“2026-02-30”: Not a date; write it as 2026-11-20")).toBeVisible();
  await page.getByRole("link", { name: "Show all nights" }).click();
  await expect(rows).toHaveCount(2);

  // Both nights beside each other.
  await rows.first().getByRole("link", { name: /^Compare .* with / }).click();
  await expect(page.locator("main .say")).toHaveText(/^\w{3} \d+ \w{3} against \w{3} \d+ \w{3}$/);
  const failing = page.locator("main .differences section").filter({ hasText: "Newly failing" });
  await expect(failing.getByRole("link").first()).toBeVisible();
  await looking("compare");

  // A symbol that fails now and did not then.
  const symbol = await failing.getByRole("link").first().innerText();
  await failing.getByRole("link").first().click();
  await expect(verdict(page)).toHaveText(symbol);
  await expect(page.locator("main .say")).toContainText("failed in the newest night");
  await expect(runLink(before)).toBeVisible();
  await looking("symbol");
  await page.getByRole("link", { name: "Events about it" }).click();
  await expect(page.getByLabel("Text", { exact: true })).toHaveValue(`"${symbol}"`);
  await expect(page.locator("main table.events .symbol").filter({ hasText: new RegExp(`^${symbol}$`) }).first()).toBeVisible();

  // The log of one run, down to the bytes of a message.
  await page.getByRole("link", { name: "Show all events" }).click();
  await page.getByLabel("Run", { exact: true }).fill(tonight);
  await page.getByLabel("Event", { exact: true }).fill("processing_completed");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  const events = page.locator("main table.events tbody tr:not(.day)");
  await expect(events).toHaveCount(1);
  await events.locator("summary").click();
  const raw = events.getByRole("link", { name: /^Raw JSON of event \d+$/ });
  const address = await raw.getAttribute("href");
  const message = (await (await world.server.get(address ?? "")).json()) as { event: string; payload: { run_id: string } };
  expect([message.event, message.payload.run_id]).toEqual(["processing_completed", tonight]);
  await page.goto(world.at(`/admin/events?run=${tonight}`));
  await expect(events).toHaveCount(100);
  const first = await events.first().locator(".no").innerText();
  await page.getByRole("link", { name: "Older", exact: true }).click();
  await expect(events.first().locator(".no")).not.toHaveText(first);
  await looking("events");
  await page.getByRole("link", { name: "Newer", exact: true }).click();
  await expect(events.first().locator(".no")).toHaveText(first);

  // The figures of both nights; each point leads to its run.
  await nav.getByRole("link", { name: "Trends" }).click();
  await expect(page.locator("main .say")).toHaveText("The last 2 nights, each with its value and the median.");
  await expect(page.locator(`main .charts a[href="/admin/runs/${tonight}"]`).first()).toBeAttached();
  await expect(page.locator(`main .charts a[href="/admin/runs/${before}"]`).first()).toBeAttached();
  await page.getByText("Show 2 nights").click();
  await expect(runLink(before)).toBeVisible();
  await looking("trends");
};

test("two nights are found again in History, Compare, a symbol, the log and Trends", async ({ world, page }) => {
  // Twenty pictures, each looked over by axe.
  test.slow();
  const seen = watch(page);
  await throughTheArchive(world, page, async (name) => {
    await live(page);
    await look(page, `archive-${name}`);
  });
  // The one that the browser says of an address that is wrong on purpose.
  expect(seen.errors.filter((error) => !error.includes("400 (Bad Request)"))).toEqual([]);
});

test("the same without script", async ({ world, browser }) => {
  const context = await browser.newContext({ storageState: world.server.signedIn, javaScriptEnabled: false, timezoneId: "America/New_York" });
  const page = await context.newPage();
  await throughTheArchive(world, page, async () => {});
  await context.close();
});
