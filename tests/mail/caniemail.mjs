// What of the samples' HTML Gmail, Outlook or Apple Mail do not show, by the data of caniemail.com; JSON on standard output.
//
//   npm install --prefix FOLDER caniemail
//   node tests/mail/caniemail.mjs FOLDER mail.html …
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...pages] = process.argv.slice(2);
const { caniemail } = await import(pathToFileURL(path.resolve(folder, "node_modules/caniemail/dist/index.js")));
const clients = ["gmail.*", "outlook.*", "apple-mail.*"];
const found = {};
for (const file of pages) {
  const { issues } = caniemail({ clients, html: readFileSync(file, "utf8") });
  for (const [kind, byClient] of Object.entries(issues))
    for (const [client, list] of byClient)
      for (const { title } of list) {
        const lacks = (found[title] ??= { errors: [], warnings: [] })[kind];
        if (!lacks.includes(client)) lacks.push(client);
      }
}
console.log(JSON.stringify(found, null, 1));
