//! The README's picture: the real page in the middle of a run. Made only when asked for: `cargo xtask test --picture`.

import { open, picture } from "../support/look";
import { expect, test } from "../support/world";
import { fileURLToPath } from "node:url";

test("the README's picture is the real page during a run", async ({ world, page }) => {
  test.setTimeout(180_000);
  await world.processor("simulate", "--auto", "--speed", "400", "--seed", "3").done();
  await world.processor("simulate", "--auto", "--speed", "400", "--seed", "4").done();
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await open(page, world.at());
  world.processor("simulate", "--auto", "--speed", "45", "--seed", "5");
  // Late enough for an expected end, early enough for something to come.
  await expect(page.locator(".verdict .say")).toContainText("done about", { timeout: 60_000 });
  await expect(page.locator(".verdict .figs:not(.ready)")).toContainText("/min", { timeout: 60_000 });
  const path = fileURLToPath(new URL("../screenshots/readme.png", import.meta.url));
  await picture(page, path);
});
