//! The page is right in the first paint, and stays right after hydration.

import { live, open, verdict, watch } from "../support/look";
import { expect, test } from "../support/world";

/** Regions whose every word comes from the board, none from a running clock. */
const STEADY = [".verdict h1", ".verdict .say", "section.fails", "section.symbols", "section.nights"];

test("content stands before any WASM arrives, and hydration changes no word of it", async ({ world, page, browser }) => {
  const night = world.processor("simulate", "--auto", "--speed", "600", "--fail-run");
  await night.done();

  const seen = watch(page);
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(world.at(), { waitUntil: "commit" });
  await expect(verdict(page)).toHaveText(/^Failed \d\d:\d\d$/);
  await expect(page.getByRole("img", { name: /^Indicators, failed/ })).toBeVisible();
  await expect(page).toHaveTitle(/^! Failed/);
  const words = async () => Promise.all(STEADY.map((region) => page.locator(region).innerText()));
  const before = await words();
  release?.();
  await live(page);
  // What a script adds (a button to copy, the table) is no word about the night.
  const added = /(\n?Copy summary|\n?five lines for the chat|\n?Show as table)/g;
  expect((await words()).map((text) => text.replace(added, "")), "the same words").toEqual(
    before.map((text) => text.replace(added, "")),
  );
  expect(seen.errors, "no hydration warning, no broken policy").toEqual([]);
  void browser;
});

test("another zone is told beside the exchange's, and remembered for the next first paint", async ({ world, browser }) => {
  const context = await browser.newContext({ storageState: world.server.signedIn, timezoneId: "Europe/Berlin", viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await open(page, world.at());
  const clocks = page.locator("header .clock.wide-only");
  await expect(clocks).toHaveText(/^\d\d:\d\d:\d\d \(\d\d:\d\d:\d\d ET\)$/);
  // Now the cookie tells the server, and the HTML alone has both.
  const html = await (await context.request.get(world.at())).text();
  expect(html).toMatch(/\(\d\d:\d\d:\d\d(<!--.*?-->)? ?ET\)/);
  await context.close();
});

test("the theme is remembered for the next first paint", async ({ world, page, context }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, world.at());
  await page.getByRole("button", { name: "Theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const html = await (await context.request.get(world.at())).text();
  expect(html).toContain('data-theme="dark"');
});

test("the first load is at most 260 kB, HTML included", async ({ world, page }) => {
  await world.processor("simulate", "--auto", "--speed", "600").done();
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  const kinds = new Map<string, string>();
  const bytes = new Map<string, number>();
  client.on("Network.responseReceived", ({ requestId, response }) => kinds.set(requestId, new URL(response.url).pathname));
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => bytes.set(requestId, encodedDataLength));
  await open(page, world.at());
  const sizes = [...bytes].map(([id, size]) => [kinds.get(id) ?? "", size] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  console.log(`first load: ${total} bytes`, Object.fromEntries(sizes));
  expect(sizes.map(([path]) => path).some((path) => path.endsWith(".wasm"))).toBe(true);
  expect(total).toBeLessThanOrEqual(260_000);
});
