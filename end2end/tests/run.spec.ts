//! One run on a page of its own, while it goes on and years later; and the board as it was at any moment of its night.

import { live, look, open, verdict, watch } from "../support/look";
import { type World, expect, test } from "../support/world";

/** The id of the newest run that is kept, once it is like that. */
const newest = async (world: World, word: RegExp) => {
  let run = "";
  await expect
    .poll(async () => {
      const answer = (await (await world.server.get("/api/runs?limit=1")).json()) as {
        runs: { run_id: string; verdict: string }[];
      };
      run = answer.runs[0]?.run_id ?? "";
      return answer.runs[0]?.verdict ?? "";
    })
    .toMatch(word);
  return run;
};

test("a run has its page while it goes on, and the same one after a restart", async ({ world, page }) => {
  test.slow();
  const seen = watch(page);
  const processor = world.processor("simulate", "--auto", "--speed", "200", "--failures", "14", "--seed", "7");
  const run = await newest(world, /^Running$/);
  await open(page, world.at(`/admin/runs/${run}`));
  await expect(verdict(page)).toContainText("Running");
  await expect(page.locator(".above h2")).toContainText(`Run ${run}`);
  await processor.done();
  await expect(verdict(page)).toContainText("To retry");
  await look(page, "run");

  // Every symbol, to be searched, filtered and sorted.
  await page.getByRole("button", { name: "Show as table" }).click();
  const many = page.locator(".symboltools .end");
  await expect(many).toHaveText(/^505 of 505$/);
  const rows = page.locator(".listed tbody tr:has(a)");
  expect(await rows.count()).toBeLessThan(100);
  await page.getByLabel("Result", { exact: true }).selectOption("failed");
  await expect(many).toHaveText(/^\d\d? of 505$/);
  const failed = await rows.count();
  expect(failed).toBeGreaterThan(10);
  const name = await rows.first().locator("a").innerText();
  await page.getByLabel("Find symbols").fill(name);
  await expect(rows.first()).toContainText("failed: ");
  await expect(rows).not.toHaveCount(failed);
  // A name may be a part of others.
  const found = await rows.count();
  await look(page, "run-table");
  // The address holds what is shown, and the server reads it.
  await page.getByRole("button", { name: "Slowest first" }).click();
  await expect(page).toHaveURL(/\?view=table&state=failed&q=\w+&sort=ms$/);
  await page.reload();
  await expect(page.getByLabel("Find symbols")).toHaveValue(name);
  await expect(page.getByLabel("Result", { exact: true })).toHaveValue("failed");
  await expect(page.getByRole("button", { name: "Slowest first" })).toHaveAttribute("aria-pressed", "true");
  await expect(rows).toHaveCount(found);
  await page.getByRole("button", { name: "Show as map" }).click();
  await page.locator(".codes a").first().click();
  await expect(page).toHaveURL(/state=[A-Z_]+#symbols$/);
  const cause = await page.locator(".codes .k").first().innerText();
  await expect(many).toHaveText(new RegExp(`^${cause} of 505$`));
  await page.getByLabel("Find symbols").fill("");
  await page.getByLabel("Result", { exact: true }).selectOption("");
  await expect(many).toHaveText(/^505 of 505$/);
  await page.locator(".listed").evaluate((box) => box.scrollTo(0, box.scrollHeight));
  await expect(rows.last()).toContainText(/^[WYZ]/);

  // The same page from the log.
  await world.server.stop();
  await world.server.again();
  await open(page, world.at(`/admin/runs/${run}`));
  await expect(verdict(page)).toContainText("To retry");
  await expect(page.locator(".phases")).toContainText("505");
  await page.getByRole("link", { name: "Its events" }).click();
  await expect(page).toHaveURL(new RegExp(`/admin/events\\?run=${run}`));
  await expect(page.locator("main table.events tbody tr").first()).toBeVisible();
  expect(seen.errors.filter((error) => !/WebSocket|Failed to load/.test(error))).toEqual([]);
});

test("a board can be looked at as it was, and nothing comes after it", async ({ world, page }) => {
  test.slow();
  await world.processor("simulate", "--auto", "--speed", "300", "--failures", "14", "--seed", "7").done();
  const run = await newest(world, /^To retry$/);
  await page.goto(world.at(`/admin/runs/${run}`));
  await page.getByRole("link", { name: "Look back" }).click();
  await expect(page.locator(".scrubber")).toContainText("as it was at");
  await expect(page.locator(".view summary .words")).toHaveText(/^As it was at /);
  await expect(verdict(page)).toContainText("Running");
  const slider = page.getByRole("slider", { name: "The moment that is shown" });
  const [min = 0, max = 0] = [await slider.getAttribute("min"), await slider.getAttribute("max")].map(Number);
  const ended = (await (await world.server.get(`/api/runs/${run}`)).json()) as { run: { start_time: string; end_time: string } };
  const [start = 0, end = 0] = [ended.run.start_time, ended.run.end_time].map((at) => Date.parse(at));
  // Not before anything is kept: a log may begin with this very run. (The start is told in whole seconds.)
  expect(min).toBeLessThan(start + 1000);
  // In the middle of the night: what was known then, and not what came of it.
  const middle = Math.round((start + end) / 2);
  await page.goto(world.at(`/admin/daily-processing?at=${middle}`));
  await expect(verdict(page)).toContainText(/Running\s*\d+\s*%/);
  await expect(page.locator("main")).toContainText(/\d+ of \d+ processed/);
  await look(page, "looking-back");
  // The slider leads there by itself.
  await slider.fill(String(max - ((max - min) % 1000)));
  await expect(page).toHaveURL(/at=\d+$/);
  await expect(verdict(page)).toContainText("To retry");
  await page.getByRole("link", { name: "Back to now" }).click();
  await live(page);
});

test("a run and a moment are read without script, and what nobody knows says so", async ({ world, browser }) => {
  await world.processor("simulate", "--auto", "--speed", "1200").done();
  const run = await newest(world, /^(Complete|To retry)$/);
  const context = await browser.newContext({ storageState: world.server.signedIn, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(world.at(`/admin/runs/${run}`));
  await expect(page.locator(".above h2")).toContainText(run);
  await expect(page.locator(".symbols svg.map").first()).toBeVisible();
  await page.getByRole("link", { name: "Look back" }).click();
  await expect(page.locator(".scrubber")).toBeVisible();
  await page.getByRole("link", { name: "+1 min", exact: true }).click();
  await expect(page.locator(".scrubber")).toContainText("as it was at");
  const answer = await page.goto(world.at("/admin/runs/nobody"));
  expect(answer?.status()).toBe(404);
  await expect(verdict(page)).toHaveText("Not known");
  await context.close();
});
