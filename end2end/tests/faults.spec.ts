//! What an operator sees when something between the producer and the eye breaks in mid-run, and when it comes back.

import { live, look, open, verdict, watch } from "../support/look";
import { expect, test } from "../support/world";

const words = ".view summary .words";

test("Redis killed and started in mid-run: said while it lasts, the gap stays, the end is the producer's", async ({ world, page }) => {
  await open(page, world.at());
  const night = world.processor("simulate", "--auto", "--speed", "100");
  await expect(page.getByRole("img", { name: /^Indicators, running/ })).toBeVisible({ timeout: 30_000 });
  await world.redis.kill();
  await expect(page.locator(words)).toHaveText(
    /^Server is up; Redis not reachable since \d\d:\d\d:\d\d\. Events published now may be lost, those on the stream will be caught up$/,
  );
  // The verdict about the work stays, as of the last truth.
  await expect(verdict(page)).toHaveText(/^Running .*as of \d\d:\d\d:\d\d$/);
  await expect(page.locator("section.around")).toContainText("not reachable");
  await look(page, "redis-down");
  await world.redis.again();
  await live(page);
  await expect(page.locator(".problems")).toContainText(/Not connected to Redis for \d+ s: messages of that time were missed/);
  await night.done();
  await expect(verdict(page)).toHaveText(/^Complete/);
  const status = await world.server.status();
  expect(status).toMatchObject({ is_running: false, status: "success", symbols_total: 505 });
  await expect(page.locator("section.fails")).toContainText(`${status.symbols_failed} failed`);
  await expect(page.getByRole("img", { name: /^Patterns, done/ })).toBeVisible();
});

test("the server stopped and started in mid-run: the page comes back by itself and ends with the producer's numbers", async ({
  world,
  page,
}) => {
  await open(page, world.at());
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  test.slow();
  // So slowly that it still goes on when the pictures of the stopped server are taken, also on a busy machine.
  const night = world.processor("simulate", "--auto", "--speed", "45");
  await expect(page.getByRole("img", { name: /^Indicators, running/ })).toBeVisible({ timeout: 45_000 });
  await world.server.stop();
  await expect(page.locator(words)).toHaveText(/^Not live since \d\d:\d\d:\d\d\. Trying again in \d+ s$/);
  await expect(verdict(page)).toHaveText(/^Running .*as of \d\d:\d\d:\d\d$/);
  await look(page, "link-lost");
  await world.server.again();
  // Unless it has come back by itself meanwhile.
  await page.getByRole("button", { name: "Try now" }).filter({ visible: true }).click({ timeout: 2_000 }).catch(() => undefined);
  await expect(page.locator(words)).toHaveText(/^Server restarted \d\d:\d\d; all data sent again$/);
  // The new server knows it from the log, from its start on.
  await expect(verdict(page)).toHaveText(/^Running/);
  await expect(page.locator(".verdict .say")).not.toContainText("seen since");
  await look(page, "server-restarted");
  await night.done();
  await expect(verdict(page)).toHaveText(/^(To retry|Complete)/);
  const status = await world.server.status();
  expect(status.is_running).toBe(false);
  await expect(page.getByRole("img", { name: /^Patterns, done, 49\d of 49\d|^Patterns, done, 50\d of 50\d/ })).toBeVisible();
  await live(page);
  expect(await page.evaluate(() => "sameDocument" in window), "the page was not loaded again").toBe(true);
});

test("a device that goes offline says so, counts nothing down, and is live again when it returns", async ({ world, page, context }) => {
  await open(page, world.at());
  const night = world.processor("simulate", "--until", "60", "--speed", "300");
  await night.done();
  await expect(verdict(page)).toHaveText(/^Running/);
  await context.setOffline(true);
  await expect(page.locator(words)).toHaveText(/^This device is offline since \d\d:\d\d:\d\d$/);
  await expect(page.getByRole("button", { name: "Try now" })).toHaveCount(0);
  await look(page, "offline");
  await world.processor("simulate", "--from", "60", "--auto", "--speed", "1000").done();
  await context.setOffline(false);
  await live(page);
  await expect(verdict(page)).toHaveText(/^Complete/);
  // An hour's news is not told at once.
  await expect(page.locator(".toast")).toHaveCount(1);
});

test("a proxy that blocks the socket: a snapshot that says so", async ({ world, page }) => {
  await world.processor("simulate", "--until", "60", "--speed", "600").done();
  const seen = watch(page);
  await page.routeWebSocket(/\/live$/, (socket) => socket.close({ code: 1011 }));
  await page.goto(world.at());
  await expect(page.locator(words)).toHaveText(
    /^Snapshot of \d\d:\d\d:\d\d\. The live link is blocked between this browser and the server \(try \d+\)$/,
    { timeout: 30_000 },
  );
  await expect(page.getByRole("button", { name: "Reload" }).first()).toBeVisible();
  await look(page, "blocked");
  expect(seen.errors).toEqual([]);
});

test("frames that come twice, late or with a hole change nothing that is right", async ({ world, page }) => {
  // Every frame of the socket is delivered twice, and every fifth is swallowed.
  let count = 0;
  await page.routeWebSocket(/\/live$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      count += 1;
      if (count % 5 === 0 && count > 5) return;
      socket.send(message);
      socket.send(message);
    });
  });
  await open(page, world.at());
  await world.processor("simulate", "--auto", "--speed", "300").done();
  const status = await world.server.status();
  await expect(verdict(page)).toHaveText(/^Complete/, { timeout: 30_000 });
  await expect(page.locator("section.fails")).toContainText(`${status.symbols_failed} failed`);
  await expect(page.getByRole("img", { name: /^Patterns, done/ })).toBeVisible();
});
