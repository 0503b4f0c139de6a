//! An admin sets the schedule: sees while typing what an entry comes to, skips a night and takes that back, with script and without.

import type { Page } from "@playwright/test";
import { audit, live, look, open } from "../support/look";
import { expect, test } from "../support/world";

const PAGE = "/admin/schedule";
const dialog = (page: Page) => page.getByRole("dialog");
const says = (page: Page) => page.locator(".says");
const entry = (page: Page, name: string) => page.locator(".entries li").filter({ has: page.getByRole("heading", { name }) });
const comes = (page: Page) => page.locator(".comes tbody tr");

/** This server fires. */
const ours = async (page: Page) => {
  await page.getByText("Let this server fire…").click();
  await page.getByRole("button", { name: "Let this server fire" }).click();
  await expect(page.getByRole("status").getByText("This server fires from now on.")).toBeVisible();
};

test("an entry is filled in with its fires in sight, and a night is skipped and fires after all", async ({ page, world }) => {
  await open(page, world.at());
  await page.getByRole("link", { name: "Schedule" }).first().click();
  await expect(page.getByText("The producer has not said its schedule yet.")).toBeVisible();
  await live(page);
  await audit(page, "the schedule, while the producer fires");
  await ours(page);
  await expect(comes(page).filter({ hasText: "Skip…" })).toHaveCount(10);

  await page.getByRole("link", { name: "Add an entry" }).click();
  await expect(says(page)).toHaveText(/^Next: .*16:10 ET/);
  // The answers to one key after the other: the last one counts.
  await page.getByLabel("Name", { exact: true }).fill("Late");
  await page.getByLabel("Time", { exact: true }).fill("09:00");
  await expect(says(page)).toHaveText("It would never fire: before the close.");
  await page.getByLabel("Time", { exact: true }).fill("16:50");
  await expect(says(page)).toHaveText(/^Next: .*16:50 ET/);
  await page.getByLabel("On", { exact: true }).first().selectOption("weekdays");
  await expect(says(page)).toHaveText("The choice of days is needed: at least one day of the week.");
  await page.getByLabel("Tue").check();
  await expect(page.locator(".preview tbody tr:not(.off) th")).toHaveText(Array(10).fill(/^Tue /));
  await look(page, "schedule-entry");
  await page.getByRole("button", { name: "Add it" }).click();
  await expect(page.getByRole("status").getByText(/^The entry is added\./)).toBeVisible();
  await expect(entry(page, "Late")).toContainText("16:50 ET, Tue");

  // Skipped in a dialog over the page, which then says so.
  await live(page);
  const first = comes(page).filter({ hasText: "Skip…" }).first();
  const due = await first.getByRole("rowheader").innerText();
  await first.getByRole("link", { name: /^Skip / }).click();
  await expect(dialog(page).getByRole("heading", { name: /^Skip (Nightly|Late) on / })).toBeVisible();
  await look(page, "schedule-skip");
  await dialog(page).getByLabel("Why it is not wanted").fill("The provider moves house");
  await dialog(page).getByRole("button", { name: /^Skip / }).click();
  await expect(dialog(page)).toBeHidden();
  const skipped = comes(page).filter({ hasText: due });
  await expect(skipped).toContainText("by admin: The provider moves house");
  await expect(page.getByText(/^The entry is added\./)).toHaveCount(0);
  await live(page);
  await look(page, "schedule");
  await skipped.getByRole("button", { name: /^Fire .* after all$/ }).click();
  await expect(page.getByRole("status").getByText("That day fires after all.")).toBeVisible();
  await expect(page.getByText("The provider moves house")).toHaveCount(0);

  await page.getByRole("button", { name: "Pause all" }).click();
  await expect(page.getByText(/^All is paused by admin, since /)).toBeVisible();
  await page.getByRole("button", { name: "Resume" }).click();
  await entry(page, "Late").getByText("Remove…").click();
  await entry(page, "Late").getByRole("button", { name: "Remove Late" }).click();
  await expect(entry(page, "Late")).toHaveCount(0);
});

test("what somebody else changes is said where it is read, and shown when it is asked for", async ({ context, page, world }) => {
  await open(page, world.at(PAGE));
  const other = await context.newPage();
  await open(other, world.at(PAGE));
  await ours(other);
  await expect(page.getByText("The schedule has changed.")).toBeVisible();
  await page.getByRole("link", { name: "Show it" }).click();
  await expect(page.getByText("This server fires: its entries ask the producer for runs.")).toBeVisible();
  for (const page of [await context.newPage(), other]) {
    await open(page, world.at(PAGE));
    await expect(page.getByText("The schedule has changed.")).toHaveCount(0);
  }
  // What one has done oneself is no news.
  await other.getByRole("button", { name: "Pause all" }).click();
  await expect(other.getByText(/^All is paused by admin, since /)).toBeVisible();
  await live(other);
  await expect(page.getByText("The schedule has changed.")).toBeVisible();
  await expect(other.getByText("The schedule has changed.")).toHaveCount(0);
});

test("without script all of it works, and the preview is a button", async ({ browser, world }) => {
  const context = await browser.newContext({ storageState: world.server.signedIn, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(world.at(PAGE));
  await ours(page);
  await entry(page, "Nightly").getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Time", { exact: true }).fill("16:45");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByLabel("Time", { exact: true })).toHaveValue("16:45");
  await expect(says(page)).toHaveText(/^Next: .*16:45 ET/);
  await page.getByLabel("Zone of that time").fill("Mars/Olympus");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/^It must be the name of a time zone/)).toBeVisible();
  await page.getByLabel("Zone of that time").fill("America/New_York");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(entry(page, "Nightly")).toContainText("16:45 ET, trading days");
  await comes(page).getByRole("link", { name: /^Skip / }).first().click();
  await page.getByLabel("Why it is not wanted").fill("The provider moves house");
  await page.getByRole("button", { name: "Skip Nightly" }).click();
  await expect(comes(page).first()).toContainText("by admin: The provider moves house");
  await context.close();
});
