//! Looking at a page: its picture at both widths in both themes, and what axe has to say about it.
//!
//! Pictures go to `screenshots/`; they are looked at by people, beside the ones the design was drawn with.

import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../screenshots", import.meta.url));
const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;
const THEMES = ["light", "dark"] as const;

/** The verdict's heading. */
export const verdict = (page: Page) => page.locator("main").getByRole("heading", { level: 1 });

/** Goes there and waits until the page says that it is live. */
export const open = async (page: Page, url: string) => {
  await page.goto(url);
  await live(page);
};

/** Waits until the page says that it is live. */
export const live = (page: Page) => expect(page.locator(".view summary .words")).toHaveText(/^Live · /);

/** A picture of the whole page. What nobody sees is not painted (lines of the feed), so first all of it is in sight. */
export const picture = async (page: Page, path: string) => {
  const size = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (size) await page.setViewportSize({ ...size, height });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.screenshot({ path, fullPage: true });
  if (size) await page.setViewportSize(size);
};

/** Pictures of a state, at both widths in both themes; on each, axe finds nothing and nothing scrolls sideways. */
export const look = async (page: Page, name: string) => {
  const before = page.viewportSize();
  for (const size of WIDTHS) {
    await page.setViewportSize(size);
    for (const theme of THEMES) {
      // Still: a picture in the middle of a cross-fade shows neither state.
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await picture(page, `${FOLDER}/${name}-${size.width}-${theme}.png`);
      await audit(page, `${name}, ${size.width} px, ${theme}`);
    }
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(sideways, `${name} at ${size.width} px scrolls sideways`).toBeLessThanOrEqual(0);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
};

/** axe finds nothing to complain about. */
export const audit = async (page: Page, where: string) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join("\n  ")}`);
  expect(found, `axe: ${where}`).toEqual([]);
};

/** Collects what a healthy page has none of: errors in the console, and (after `settled`) requests. */
export const watch = (page: Page) => {
  const errors: string[] = [];
  const requests: string[] = [];
  let settled = false;
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => {
    if (settled && !request.url().startsWith("data:")) requests.push(request.url());
  });
  return {
    errors,
    requests,
    settle: () => {
      settled = true;
    },
  };
};
