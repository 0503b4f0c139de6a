//! Hands: keys, navigation that keeps the socket, the feed that stands still, the map and its table, the wall.

import { audit, live, look, open, verdict } from "../support/look";
import { expect, test } from "../support/world";

test("keys lead where they say, and can be switched off", async ({ world, page }) => {
  await world.processor("simulate", "--until", "50", "--speed", "600").done();
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, world.at());
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keys" });
  await expect(sheet).toBeInViewport({ ratio: 1 });
  await expect(sheet.getByRole("button", { name: "Close" })).toBeFocused();
  await audit(page, "keys");
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await page.keyboard.press("d");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.keyboard.press("f");
  await expect(page.locator("#failures")).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Filter the feed")).toBeFocused();
  await page.keyboard.type("w");
  await expect(page).toHaveURL(/daily-processing$/);
  await page.getByLabel("Filter the feed").blur();
  await page.keyboard.press("?");
  await page.getByLabel("Single keys are on").uncheck();
  await page.getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("w");
  await expect(page).toHaveURL(/daily-processing$/);
});

test("the wall, there and back: the same socket, the same truth", async ({ world, page }) => {
  let sockets = 0;
  page.on("websocket", () => {
    sockets += 1;
  });
  await world.processor("simulate", "--until", "60", "--speed", "600").done();
  await open(page, world.at());
  await page.keyboard.press("w");
  await expect(page).toHaveURL(/\/wall$/);
  await expect(verdict(page)).toHaveText(/^Running/);
  await look(page, "wall");
  await page.goBack();
  await expect(page).toHaveURL(/daily-processing$/);
  await live(page);
  await expect(page.getByRole("heading", { name: "Phases" })).toBeVisible();
  expect(sockets).toBe(1);
});

test("an old picture on the wall does not look calm", async ({ world, page }) => {
  await world.processor("simulate", "--until", "60", "--speed", "600").done();
  await open(page, world.at("/wall"));
  await world.server.stop();
  await expect(verdict(page)).toHaveText(/as of \d\d:\d\d:\d\d$/);
  await look(page, "wall-lost");
});

test("the feed stands still under the hand and says how much is new", async ({ world, page }) => {
  await open(page, world.at());
  const night = world.processor("simulate", "--auto", "--speed", "60");
  const feed = page.getByRole("log", { name: "Events, newest first" });
  await expect(feed.getByRole("listitem").first()).toBeVisible();
  await page.getByRole("button", { name: "Pause" }).click();
  const first = await feed.getByRole("listitem").first().innerText();
  await expect(page.locator("section.feed .head").getByText(/^\d+ new$/)).toBeVisible();
  expect(await feed.getByRole("listitem").first().innerText()).toBe(first);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(feed.getByRole("listitem").first()).not.toHaveText(first);
  await page.getByLabel("Kind of event").selectOption("phase");
  await expect(feed.getByRole("listitem").first()).toContainText(/import|Data import/i);
  await night.stop();
});

test("the map answers to arrows, and its table is its equal", async ({ world, page }) => {
  await world.processor("simulate", "--until", "50", "--speed", "600").done();
  await open(page, world.at());
  const map = page.getByRole("img", { name: /^Symbols, 505: / }).first();
  await map.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".under .told")).toHaveText(/ · import (done|failed)/);
  await page.getByRole("button", { name: "Show as table" }).click();
  await expect(page.locator(".symboltools .end")).toHaveText("505 of 505");
  await expect(page.locator(".listed tbody tr").first()).toContainText("failed");
  await audit(page, "table of symbols");
});

test("Copy summary gives five lines for the chat", async ({ world, page }) => {
  await world.processor("simulate", "--auto", "--speed", "600").done();
  await open(page, world.at());
  await page.getByRole("button", { name: /Copy summary/ }).click();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text.split("\n")).toHaveLength(5);
  expect(text).toMatch(/^Night of \w{3} \d+ \w{3}: Complete$/m);
});

test("an address under which there is nothing leads back", async ({ world, page }) => {
  const answer = await page.goto(world.at("/no/such/page"));
  expect(answer?.status()).toBe(404);
  await expect(verdict(page)).toHaveText("Not here");
  await audit(page, "not found");
  await page.getByRole("link", { name: "Tonight’s run" }).click();
  await expect(verdict(page)).toHaveText(/^Listening/);
});
