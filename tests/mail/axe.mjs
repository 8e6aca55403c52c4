// axe-core over the samples' HTML, light and dark, phone and desktop; any finding, or a page that scrolls sideways, fails.
//
//   npm install --prefix FOLDER axe-core playwright-core
//   NODE_PATH is not read by modules, so FOLDER is given:  node tests/mail/axe.mjs FOLDER mail.html …
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const [folder, ...pages] = process.argv.slice(2);
const require = createRequire(path.resolve(folder, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
let found = 0;
for (const file of pages)
  for (const colorScheme of ["light", "dark"])
    for (const width of [360, 700]) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
      const page = await context.newPage();
      await page.goto("file://" + path.resolve(file));
      await page.evaluate(axe);
      // A mail has no landmarks of its own: it stands inside the mail program's page.
      const result = await page.evaluate(() => window.axe.run({ rules: { region: { enabled: false }, "landmark-one-main": { enabled: false } } }));
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      const says = result.violations.map((each) => `${each.id} (${each.nodes.length}): ${each.nodes[0].html.slice(0, 120)}`);
      if (sideways) says.push("scrolls sideways");
      found += says.length;
      console.log(`${path.basename(file)} ${colorScheme} ${width}: ${says.length ? says.join("; ") : "nothing"}`);
      await context.close();
    }
await browser.close();
process.exit(found ? 1 : 0);
