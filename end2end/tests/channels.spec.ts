//! Is my producer understood? What is no event, and what lies, does no harm and can be looked at; a real night after it is right.

import { live, look, open, verdict, watch } from "../support/look";
import { expect, test } from "../support/world";

test("hostile messages do no harm and are shown, and a night after them is right", async ({ world, page }) => {
  const seen = watch(page);
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    return dialog.dismiss();
  });
  await open(page, world.at());
  await world.processor("simulate", "--scenario", "hostile", "--speed", "3000").done();
  await expect(page.locator("section.around")).toContainText("12 refused");
  await look(page, "hostile");

  await page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: "Channels" }).click();
  await expect(verdict(page)).toHaveText("Mostly understood");
  await expect(page.locator(".refused tbody tr")).toHaveCount(12);
  await expect(page.locator(".refused")).toContainText("nested too deep");
  await expect(page.locator(".new")).toContainText("<img src=x onerror=alert(1)>");
  await page.getByRole("link", { name: "tickstock:processing:status" }).click();
  const raw = page.getByRole("log", { name: "Messages, newest first" });
  await expect(raw.getByRole("listitem").first()).toBeVisible();
  await live(page);
  await look(page, "channels");

  // Reloaded, and without script, it says the same.
  await page.reload();
  await live(page);
  await expect(raw.getByRole("listitem").first()).toBeVisible();
  const shown = await page.evaluate(() => document.body.innerText);
  expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000-\u0008]/);
  expect(await page.locator("main img, main script").count()).toBe(0);
  expect(dialogs).toEqual([]);
  expect(seen.errors).toEqual([]);

  await page.getByRole("navigation", { name: "Pages", exact: true }).getByRole("link", { name: "Tonight" }).click();
  await world.processor("simulate", "--auto", "--speed", "3000").done();
  const newest = page.locator("section.nights tbody tr, section.nights .nl").first();
  await expect(newest).toContainText("Complete");
  await expect(newest).toContainText("505");
});

test("the raw view of a channel goes on, and stands still when paused", async ({ world, page }) => {
  await open(page, world.at("/admin/channels?channel=tickstock:monitoring"));
  await expect(verdict(page)).toHaveText("Nothing heard");
  const beat = (state: string) => world.event("tickstock:monitoring", "heartbeat", { status: state });
  const first = page.getByRole("log", { name: "Messages, newest first" }).getByRole("listitem").first();
  await beat("one");
  await expect(first).toContainText("one");
  await expect(verdict(page)).toHaveText("Understood");
  await page.getByRole("button", { name: "Pause" }).click();
  await beat("two");
  await expect(page.locator(".raw .head").getByText(/^1 new$/)).toBeVisible();
  await expect(first).toContainText("one");
  await page.getByRole("button", { name: "Resume" }).click();
  await page.mouse.move(0, 0);
  await expect(first).toContainText("two");
});
