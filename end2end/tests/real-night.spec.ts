//! A real night, driven by the page: started, watched to its end, what failed retried, another one cancelled, a symbol's candles looked at.
//! With script and without. The bars of five symbols are real, those of five hundred generated; all that is done with them is real.

import { type Page } from "@playwright/test";
import { audit, live, look, open, verdict, watch } from "../support/look";
import { PASSWORD } from "../support/programs";
import { expect, test } from "../support/world";

const dialog = (page: Page) => page.getByRole("dialog");
const act = (page: Page, name: RegExp) => page.locator(".acts").getByRole("link", { name });

/** Presses *Run now*, and what the dialog offers. */
const runNow = async (page: Page) => {
  await act(page, /^Run now…/).click();
  await expect(dialog(page).getByText(/over HTTP to 127\.0\.0\.1:\d+/)).toBeVisible();
  await dialog(page).getByRole("button", { name: "Start a full run" }).click();
  await expect(dialog(page)).toBeHidden();
};

/** Notes every word of the verdict and every name of a drawing from now on: a real night does not wait for who looks. */
const note = (page: Page) =>
  page.evaluate(() => {
    const noted = new Set<string>();
    const look = () => {
      noted.add(document.querySelector(".verdict")?.textContent ?? "");
      for (const drawing of document.querySelectorAll("[role=img]")) noted.add(drawing.getAttribute("aria-label") ?? "");
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    Object.assign(window, { noted });
  });
const noted = (page: Page) => page.evaluate(() => [...(window as unknown as { noted: Set<string> }).noted]);

test("a real night is started on the page, seen to its end, and complete once it is retried", async ({ world, browser }) => {
  // A whole night, a retry, and four pictures of each state.
  test.setTimeout(240_000);
  await world.real();
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto(world.at());
  await page.getByLabel("Name").fill("admin");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await live(page);
  const seen = watch(page);
  await expect(verdict(page)).toHaveText(/^Listening/);
  await expect(page.getByText(/No run has been heard yet\. Connected to Redis at redis:\/\/127\.0\.0\.1:/)).toBeVisible();
  await look(page, "listening");
  await note(page);

  await runNow(page);
  seen.settle();
  // More failed than a night may lose.
  await expect(verdict(page)).toHaveText(/^To retry \d+$/, { timeout: 60_000 });
  const [, number = ""] = (await verdict(page).innerText()).match(/(\d+)/) ?? [];
  await expect(page.getByRole("img", { name: /^Symbols, 505: / }).first()).toBeVisible();
  await expect(page.locator("section.fails")).toContainText(`${number} failed`);
  const good = 505 - Number(number);
  await expect(page.getByRole("img", { name: new RegExp(`^Patterns, done, ${good} of ${good} symbols`) })).toBeVisible();
  await expect(page.getByText("SIMULATED", { exact: true })).toHaveCount(0);
  const words = await noted(page);
  for (const word of [/^Running/, /\d+ of 505 processed/, /^Data import, running/, /^Indicators, running/, /^Patterns, running/]) {
    expect(words.some((noted) => word.test(noted)), `${word} was to be seen`).toBe(true);
  }
  expect(seen.requests, "nothing is asked for: everything comes over the socket").toEqual([]);
  await look(page, "real-night");

  await act(page, new RegExp(`^Retry all ${number}…`)).click();
  await dialog(page).getByRole("button", { name: `Retry ${number} symbols` }).click();
  await expect(verdict(page)).toHaveText(/^Complete after retry \d\d:\d\d$/, { timeout: 60_000 });
  expect(await page.evaluate(() => "noted" in window), "the page was not loaded again").toBe(true);
  expect(seen.errors).toEqual([]);
  await look(page, "complete-after-retry");

  // What was stored of a real symbol, and of a generated one.
  await page.goto(world.at("/admin/symbols/AAPL"));
  const candles = page.getByRole("img", { name: /^Candles of the last 120 days\. Apple Inc\. The newest bar is of Fri 1 Mar 2013, [\d\s]+ trading days behind: / });
  await expect(candles).toBeVisible();
  await expect(page.getByText("120 daily bars, adjusted; last close 56.14")).toBeVisible();
  await expect(page.locator(".candles .legend li")).toHaveText([
    "Bollinger bands", "20 days", "50 days", "200 days", "RSI 14, below", "pattern, rising", "pattern, falling", "pattern, neither",
  ]);
  // The marks as a list, for who cannot point at them.
  await page.getByText(/^\d+ patterns as a list$/).click();
  await expect(page.locator(".candles tbody tr").first()).toHaveText(/^\w+(rising|falling|neither)[01]\.\d\d.+ 201[23]$/);
  for (const line of ["l-blue", "l-amber", "l-violet"]) await expect(candles.locator(`path.${line}`).first()).toHaveAttribute("d", /^M.+L/);
  await expect(candles.locator("title").first()).toHaveText(/^\w.+, .+ 201[23], confidence [01]\.\d\d$/);
  await look(page, "candles");
  await page.goto(world.at("/admin/symbols/ALDAG"));
  await expect(page.getByRole("img", { name: /Alder Analytics\. Generated, of no market\. .*, the last trading day\.$/ })).toBeVisible();
  await context.close();
});

test("another night is cancelled", async ({ world, page }) => {
  // So many that there is time to press a button.
  await world.real("--concurrency", "1", "--sample-size", "4000");
  await open(page, world.at());
  await runNow(page);
  await expect(page.getByRole("img", { name: /^Data import, running/ })).toBeVisible();
  await act(page, /^Cancel…/).click();
  await dialog(page).getByRole("button", { name: /^Cancel run \w{4}$/ }).click();
  await expect(verdict(page)).toHaveText(/^Cancelled \d\d:\d\d$/);
  await expect(page.locator(".verdict .say")).toHaveText(/^By admin, at \d+\s%\. [\d\u2009]+ symbols were not processed\./);
});

test("a real night without script: each reload is a true snapshot", async ({ world, browser }) => {
  await world.real("--concurrency", "1");
  const context = await browser.newContext({ storageState: world.server.signedIn, javaScriptEnabled: false, timezoneId: "America/New_York" });
  const page = await context.newPage();
  await page.goto(world.at());
  await expect(verdict(page)).toHaveText(/^Listening/);
  await expect(page.getByText(/^Snapshot of \d\d:\d\d:\d\d\. Reload for a newer one\.$/)).toBeVisible();
  await act(page, /^Run now…/).click();
  await page.getByRole("button", { name: "Start a full run" }).click();
  await expect(async () => {
    await page.goto(world.at());
    await expect(verdict(page)).toHaveText(/^Running/, { timeout: 100 });
    await expect(page.getByText("of 505 processed")).toBeVisible({ timeout: 100 });
  }).toPass();
  await expect(async () => {
    await page.reload();
    await expect(verdict(page)).toHaveText(/^To retry \d+$/, { timeout: 100 });
  }).toPass({ timeout: 60_000 });
  await expect(page.getByRole("img", { name: /^Data import, done, / })).toBeVisible();
  await context.close();
});

test("the moment of going live is short, and said", async ({ world, page }) => {
  await page.goto(world.at());
  await expect(page.locator(".view summary .words")).toHaveText(/^Snapshot of |^Live · /);
  await live(page);
  await audit(page, "listening");
});
