// mtcute (layer 227), with and without temporary keys: `pfs` is its argument.
import { createHash } from "node:crypto";
import { MemoryStorage, TelegramClient } from "@mtcute/node";
import { addPublicKey } from "@mtcute/node/utils.js";
import loopback from "./loopback.cjs";

const { LOOPBACK, ask, step, check, env, API_ID, API_HASH } = loopback;

const usePfs = process.argv[2] === "pfs";
addPublicKey({ sha1: (data) => createHash("sha1").update(data).digest() }, env.PEM);

const open = (options = {}) => {
  const dc = { id: Number(env.DC), ipAddress: LOOPBACK, port: Number(env.PORT) };
  const client = new TelegramClient({
    apiId: API_ID,
    apiHash: API_HASH,
    storage: new MemoryStorage(),
    defaultDcs: { main: dc, media: dc },
    logLevel: Number(env.LOG ?? 1),
    network: { usePfs },
    ...options,
  });
  return client;
};

const main = async () => {
  const client = open();
  await client.connect();
  const config = await client.call({ _: "help.getConfig" });
  check(config._ === "config" && config.thisDc === Number(env.DC), JSON.stringify(config));
  step("key exchanged, initConnection, help.getConfig", usePfs ? "with a temporary key" : "with a permanent key");
  // Several at once go into a container; long ones are compressed, with zlib's header.
  await Promise.all([...Array(20)].map(() => client.call({ _: "help.getConfig" })));
  step("20 calls at once");
  await ask("cut");
  await client.call({ _: "help.getConfig" });
  step("cut, reconnected", "answered");

  await client.start({ botToken: env.BOT });
  const bot = await client.getMe();
  check(bot.id === 777 && bot.isBot, `the bot is ${bot.id}`);
  step("a bot logged in", `number ${bot.id}`);
  await client.logOut();
  step("and out");
  await client.destroy();
};

main().then(
  () => process.exit(0),
  (error) => {
    console.log(`failed: ${error.stack ?? error}`);
    process.exit(1);
  },
);
