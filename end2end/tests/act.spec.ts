//! An operator acts: starts, cancels, retries, accepts; knows before what will happen, and sees at once what became of it. By both ways to
//! the producer, with script and without.

import { type Page } from "@playwright/test";
import { audit, live, look, open, verdict } from "../support/look";
import { expect, test } from "../support/world";

const dialog = (page: Page) => page.getByRole("dialog");
const act = (page: Page, name: RegExp | string) => page.locator(".acts").getByRole("link", { name });
const last = (page: Page) => page.locator(".acts .after .why");

for (const way of ["http", "redis"] as const) {
  test(`by ${way}: a run is started, cancelled, and what is left is retried`, async ({ world, page }) => {
    await world.producer(way, "--speed", "60", "--symbols", "120");
    await open(page, world.at("/admin/commands"));
    await page.getByRole("link", { name: "Run now…" }).click();
    await expect(dialog(page).getByRole("heading", { name: "Start a full run?" })).toBeVisible();
    await expect(dialog(page).getByText("import, cache sync, indicators, patterns")).toBeVisible();
    await expect(dialog(page).getByText(way === "http" ? /over HTTP to 127\.0\.0\.1:\d+/ : /over Redis/)).toBeVisible();
    await dialog(page).getByRole("button", { name: "Start a full run" }).click();
    await expect(dialog(page)).toBeHidden();

    await open(page, world.at());
    await expect(verdict(page)).toHaveText(/^Running/);
    await expect(last(page)).toHaveText(/^Full run · asked \d\d:\d\d:\d\d by admin · accepted, run \w{4} · running$/);

    // All symbols have a name by now, and then somebody stops it.
    await expect(page.locator(".verdict .say")).toHaveText(/^Computing indicators/);
    await act(page, "Cancel…").click();
    await expect(dialog(page).getByRole("heading", { name: /^Cancel run \w{4}\?$/ })).toBeVisible();
    await expect(dialog(page).getByText("Don’t")).toBeFocused();
    await dialog(page).getByRole("button", { name: /^Cancel run \w{4}$/ }).click();
    await expect(verdict(page)).toHaveText(/^Cancelled \d\d:\d\d$/);
    await expect(page.locator(".verdict .say")).toHaveText(/^By admin, at \d+\s%\. \d+ symbols? (was|were) not processed\./);

    await act(page, /^Retry \d+…/).click();
    await expect(dialog(page).getByRole("heading", { name: /^Retry \d+ symbols\?$/ })).toBeVisible();
    await dialog(page).getByRole("button", { name: /^Retry \d+ symbols$/ }).click();
    await expect(last(page)).toHaveText(/^Retry of \d+ symbols · asked .* by admin · accepted, run \w{4} · (running|complete|to retry|failed)/);

    // What it brought is not left any more, and the night is still the first run's.
    await expect(verdict(page)).toHaveText(/^(Complete after retry|Cancelled) \d\d:\d\d$/, { timeout: 45_000 });
    await expect(page.getByRole("img", { name: /^Symbols, 120: / }).first()).toBeVisible();

    // What was asked is kept, and leads to its run.
    await page.goto(world.at("/admin/commands"));
    await expect(page.locator("tbody tr")).toHaveCount(3);
    await page.getByRole("link", { name: /^Cancel of run/ }).click();
    await expect(page.locator(".plan")).toContainText("done");
    await audit(page, "a command");
  });

  test(`by ${way}: a second run is refused by name, and nobody there is said`, async ({ world, page }) => {
    const { processor } = await world.producer(way, "--speed", "5", "--symbols", "120");
    await open(page, world.at("/admin/commands/new?do=run"));
    await page.getByRole("button", { name: "Start a full run" }).click();
    await expect(verdict(page)).toHaveText(/^Running/);
    await page.goto(world.at("/admin/commands/new?do=import"));
    await expect(page.getByText(/^Can’t be sent: a run is in progress: \w{4}\.$/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Start an import" })).toHaveCount(0);
    await processor.stop();
    await page.goto(world.at());
    await act(page, "Cancel…").click();
    await dialog(page).getByRole("button", { name: /^Cancel run/ }).click();
    await expect(last(page)).toHaveText(way === "http" ? /not sent: nobody answers at 127\.0\.0\.1:\d+$/ : /refused: nobody listens on tickstock:commands:cancel$/);
    await expect(last(page)).toHaveClass(/bad/);
  });
}

test("to retry: one cause, then all of it, and the night is complete after retry", async ({ world, page }) => {
  await world.producer("http", "--speed", "600", "--symbols", "200", "--failures", "9");
  await open(page, world.at("/admin/commands/new?do=run"));
  await page.getByRole("button", { name: "Start a full run" }).click();
  await expect(verdict(page)).toHaveText(/^To retry \d+$/);
  await look(page, "to-retry");
  const [, number = ""] = (await verdict(page).innerText()).match(/(\d+)/) ?? [];
  await act(page, new RegExp(`^Retry all ${number}…`)).click();
  await expect(dialog(page).getByRole("heading", { name: `Retry ${number} symbols?` })).toBeVisible();
  await look(page, "retry-dialog");

  // Leaving starts nothing: by key, beside it, by its button, by the way back.
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await act(page, /^Retry all/).click();
  await expect(dialog(page)).toBeVisible();
  await page.mouse.click(5, 5);
  await expect(dialog(page)).toBeHidden();
  await act(page, /^Retry all/).click();
  await dialog(page).getByText("Don’t").click();
  await expect(dialog(page)).toBeHidden();
  await act(page, /^Retry all/).click();
  await expect(dialog(page)).toBeVisible();
  await page.goBack();
  await expect(dialog(page)).toBeHidden();
  await expect(page).toHaveURL(world.at());
  const asked = async () => ((await (await world.server.get("/api/commands")).json()) as { commands: unknown[] }).commands.length;
  expect(await asked()).toBe(1);

  // A double click is one run.
  await act(page, /^Retry all/).click();
  await dialog(page).getByRole("button", { name: `Retry ${number} symbols` }).dblclick();
  await expect(dialog(page)).toBeHidden();
  await expect(last(page)).toHaveText(/accepted, run \w{4} · (complete|failed|to retry)/);
  expect(await asked()).toBe(2);
});

test("a night is accepted as it is, with a note", async ({ world, page }) => {
  await world.producer("redis", "--speed", "600", "--symbols", "200", "--failures", "9");
  await open(page, world.at("/admin/commands/new?do=run"));
  await page.getByRole("button", { name: "Start a full run" }).click();
  await expect(verdict(page)).toHaveText(/^To retry/);
  await act(page, "Accept as it is…").click();
  await dialog(page).getByLabel("Why it may stay as it is").fill("the provider knows");
  await dialog(page).getByRole("button", { name: /^Accept \d+ failures$/ }).click();
  await expect(verdict(page)).toHaveText(/^Complete/);
  await expect(page.locator(".verdict .say")).toHaveText(/accepted by admin\.$/);
  await expect(last(page)).toHaveText(/the provider knows$/);
  // It is so for everybody, and after a restart.
  await world.server.stop();
  await world.server.again();
  await open(page, world.at());
  await expect(verdict(page)).toHaveText(/^Complete/);
});

test("the figures in a dialog are live, and a press is for what was seen", async ({ world, page }) => {
  const run = { run_id: "7f3a0001-aaaa-4aaa-8aaa-000000000001" };
  const failed = (symbol: string) => world.event("tickstock:import:progress", "symbol_processing_complete", { ...run, symbol, success: false, error_code: "API_RATE_LIMIT" });
  await open(page, world.at());
  await world.event("tickstock:processing:status", "processing_started", { ...run, phases: ["import"], symbols_count: 40 });
  await world.event("tickstock:import:started", "data_import_started", { ...run, total_symbols: 40 });
  for (const symbol of ["A", "B", "C", "D", "E"]) await failed(symbol);
  for (let number = 0; number < 35; number += 1) {
    await world.event("tickstock:import:progress", "symbol_processing_complete", { ...run, symbol: `S${number}`, success: true });
  }
  await world.event("tickstock:processing:status", "processing_completed", { ...run, status: "success", symbols_processed: 40, symbols_failed: 5 });
  await expect(verdict(page)).toHaveText("To retry 5");
  await act(page, /^Retry all 5…/).click();
  await expect(dialog(page).getByRole("heading", { name: "Retry 5 symbols?" })).toBeVisible();
  for (const symbol of ["S1", "S2"]) await failed(symbol);
  await expect(dialog(page).getByText("It was 5 when you looked; it is 7 now.")).toBeVisible();
  // Whoever pressed in that moment would have been asked again: the first press is for five.
  await dialog(page).getByRole("button", { name: "Retry 7 symbols" }).click();
  await expect(dialog(page).getByText("It was 5 when you looked; it is 7 now.")).toBeVisible();
  await dialog(page).getByRole("button", { name: "Retry 7 symbols" }).click();
  await expect(last(page)).toHaveText(/refused: nobody listens/);
});

test("a block of the map is picked, and its failures are retried", async ({ world, page }) => {
  await world.processor("simulate", "--auto", "--speed", "600", "--failures", "9").done();
  await open(page, world.at());
  const map = page.locator(".map.wide-only");
  const box = await map.boundingBox();
  if (!box) throw new Error("no map");
  await page.mouse.move(box.x + 3, box.y + 3);
  await page.mouse.down();
  await page.mouse.move(box.x + 300, box.y + 100, { steps: 4 });
  await page.mouse.move(box.x + box.width - 10, box.y + box.height - 30, { steps: 4 });
  await page.mouse.up();
  const told = page.locator(".under .told");
  await expect(told).toHaveText(/^\d+ selected, \d+ failed · List · Retry \d+ symbols?…$/);
  await told.getByRole("link", { name: /^Retry/ }).click();
  await expect(dialog(page).getByRole("heading", { name: /^Retry \d+ symbols?\?$/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await map.click({ position: { x: 3, y: 3 } });
  await map.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(told).toHaveText(/^4 selected, /);
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  expect((await page.evaluate(() => navigator.clipboard.readText())).split(",")).toHaveLength(4);
});

test("without script the same forms ask, say what is wrong, and start", async ({ browser, world }) => {
  await world.producer("http", "--speed", "60", "--symbols", "60");
  const context = await browser.newContext({ storageState: world.server.signedIn, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(world.at("/admin/commands"));
  await page.getByRole("link", { name: "Run now…" }).click();
  await page.getByRole("link", { name: "Import" }).click();
  await page.getByLabel("Universes, between commas").fill("x".repeat(80));
  await page.getByRole("button", { name: "Start an import" }).click();
  await expect(page.getByText(/^It must be names of letters, digits and .*, at most 64 characters each\.$/)).toBeVisible();
  await page.getByLabel("Universes, between commas").fill("sp500");
  await page.getByRole("button", { name: "Update the figures" }).click();
  await page.getByRole("button", { name: "Start an import" }).click();
  await expect(page).toHaveURL(world.at("/admin/commands"));
  await expect(page.locator("tbody")).toContainText("Import of sp500");
  await context.close();
});

test("who only looks is offered nothing; a right that is taken away is gone when the button is pressed", async ({ browser, world }) => {
  const password = await world.server.command("user", "add", "ann", "--role", "operator");
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto(world.at("/"));
  await page.getByLabel("Name").fill("ann");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Password until now").fill(password);
  await page.getByLabel(/^New password/).fill("ann chose this one");
  await page.getByLabel("The new one again").fill("ann chose this one");
  await page.getByRole("button", { name: "Choose this password" }).click();
  // Here, or the choice's own way back to the account would cross the next step.
  await expect(page).toHaveURL(/done=password/);
  await world.processor("simulate", "--auto", "--speed", "600", "--failures", "9").done();
  // Without script: a live page notices by itself, and the button may be gone before it is pressed.
  const still = await browser.newContext({ storageState: await context.storageState(), javaScriptEnabled: false });
  const form = await still.newPage();
  await form.goto(world.at("/admin/commands/new?do=run"));
  await world.server.command("user", "role", "ann", "viewer");
  await form.getByRole("button", { name: "Start a full run" }).click();
  await expect(form.getByRole("heading", { name: "Not for you" })).toBeVisible();
  await still.close();
  expect(((await (await world.server.get("/api/commands")).json()) as { commands: unknown[] }).commands).toEqual([]);
  await page.goto(world.at());
  await live(page);
  await expect(verdict(page)).toHaveText(/^To retry/);
  await expect(page.locator(".acts .act")).toHaveCount(0);
  await context.close();
});

test("offline nothing can be sent, and that is said", async ({ world, page, context }) => {
  await world.processor("simulate", "--auto", "--speed", "600", "--failures", "9").done();
  await open(page, world.at());
  const first = page.locator(".acts .act").first();
  await expect(first).toHaveAttribute("href", /commands\/new/);
  await context.setOffline(true);
  await expect(page.locator(".acts").getByText("Can’t be sent while offline")).toBeVisible();
  await expect(first).not.toHaveAttribute("href", /./);
  await context.setOffline(false);
  await expect(first).toHaveAttribute("href", /commands\/new/);
});
