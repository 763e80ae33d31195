// mtcute (layer 227), with and without temporary keys: `pfs` is its argument.
import { createHash } from "node:crypto";
import { InputMedia, Long, MemoryStorage, TelegramClient } from "@mtcute/node";
import { addPublicKey } from "@mtcute/node/utils.js";
import loopback from "./loopback.cjs";

const { LOOPBACK, SIZES, content, sha256, ask, step, cannot, check, env, API_ID, API_HASH } = loopback;

const usePfs = process.argv[2] === "pfs";
addPublicKey({ sha1: (data) => createHash("sha1").update(data).digest() }, env.PEM);

const open = () => {
  const dc = { id: Number(env.DC), ipAddress: LOOPBACK, port: Number(env.PORT) };
  return new TelegramClient({
    apiId: API_ID,
    apiHash: API_HASH,
    storage: new MemoryStorage(),
    defaultDcs: { main: dc, media: dc },
    logLevel: Number(env.LOG ?? 1),
    network: { usePfs },
  });
};

// A QR code is shown and approved: the data centre says so by an update that nobody asked for.
const qr = async (client) => {
  const pushed = new Promise((resolve) => {
    client.onServerUpdate.add((updates) => updates.update?._ === "updateLoginToken" && resolve());
  });
  const shown = await client.call({ _: "auth.exportLoginToken", apiId: API_ID, apiHash: API_HASH, exceptIds: [] });
  check(shown._ === "auth.loginToken", JSON.stringify(shown));
  const link = `tg://login?token=${Buffer.from(shown.token).toString("base64url")}`;
  check((await ask(`approve ${link}`)) === "approved", "the QR code was not approved");
  await pushed;
  step("a QR code was shown and approved", "updateLoginToken came");
};

// What the data centre may not know yet: whether it does.
const tryIt = async (what, call) => {
  try {
    await call();
  } catch (error) {
    if (error.text !== "INPUT_METHOD_INVALID") throw error;
    cannot(what, "not yet: the data centre does not know it");
    return false;
  }
  step(what);
  return true;
};

// New messages that came, one after the other.
const listen = (client) => {
  const [came, wanted] = [[], []];
  client.onNewMessage.add((message) => {
    if (message.isOutgoing) return;
    const next = wanted.shift();
    if (next) next(message);
    else came.push(message);
  });
  return async (text) => {
    const message = came.shift() ?? (await new Promise((resolve) => wanted.push(resolve)));
    check(message.text === text, `${message.text} came`);
    return message;
  };
};

// What one sends, the other saves.
const sendFiles = async (client, friend) => {
  for (const [what, size] of SIZES) {
    const bytes = content(size);
    const file = InputMedia.document(bytes, { fileName: "data.bin", caption: what });
    await client.sendMedia("second_of_two", file);
    const [found] = await friend.getHistory("first_of_two", { limit: 1 });
    check(found.text === what, `${found.text} came`);
    const { fileName, fileSize } = found.media;
    check(fileName === "data.bin" && fileSize === size, `it was sent as ${fileName} of ${fileSize}`);
    const came = await friend.downloadAsBuffer(found.media);
    check(sha256(came) === sha256(bytes), `${came.length} other bytes came`);
    step(`a file of ${what}, up and down`, `SHA-256 ${sha256(bytes).slice(0, 16)}…`);
  }
};

// Two accounts write to each other.
const write = async (client, me) => {
  const friend = open();
  await friend.connect();
  const sentCode = await friend.sendCode({ phone: env.FRIEND });
  const phoneCode = await ask(`code ${env.FRIEND}`);
  await friend.signIn({ phone: env.FRIEND, phoneCodeHash: sentCode.phoneCodeHash, phoneCode });
  for (const [one, name] of [[client, "first_of_two"], [friend, "second_of_two"]]) {
    await one.call({ _: "account.updateUsername", username: name });
    await one.startUpdatesLoop();
  }
  const [hears, friendHears] = [listen(client), listen(friend)];
  const sent = await client.sendText("second_of_two", "hello, friend");
  const message = await friendHears("hello, friend");
  check(message.sender.id === me.id, `it came from ${message.sender.id}`);
  step("sent by a username, and heard by the other", `message ${sent.id}`);
  await friend.replyText(message, "hello to you");
  const answer = await hears("hello to you");
  check(answer.replyToMessage?.id === sent.id, `it replies to ${JSON.stringify(answer.replyToMessage)}`);
  step("a reply, and what it replies to");
  const history = (await client.getHistory("second_of_two", { limit: 10 })).map((message) => message.text);
  check(history.join() === "hello to you,hello, friend", `the history is ${history}`);
  step("history", `${history.length} messages`);
  await ask("cut");
  await client.call({ _: "help.getConfig" });
  await friend.call({ _: "help.getConfig" });
  await client.sendText("second_of_two", "after the cut");
  await friendHears("after the cut");
  step("cut, and it goes on");
  const edit = () => client.editMessage({ chatId: "second_of_two", message: sent.id, text: "edited" });
  if (await tryIt("edit", edit)) {
    const texts = (await client.getHistory("second_of_two", { limit: 10 })).map((message) => message.text);
    check(texts.at(-1) === "edited", `the history is ${texts}`);
  }
  if (await tryIt("delete", () => client.deleteMessagesById("second_of_two", [sent.id]))) {
    const texts = (await friend.getHistory("first_of_two", { limit: 10 })).map((message) => message.text);
    check(texts.length === 2, `the history is ${texts}`);
  }
  await sendFiles(client, friend);
  await friend.call({ _: "auth.logOut" });
  await friend.destroy();
};

const logInBot = async () => {
  const client = open();
  await client.connect();
  const me = await client.signInBot(env.BOT);
  check(me.isBot && me.id === 777, JSON.stringify(me));
  await client.call({ _: "auth.logOut" });
  await client.destroy();
  step("a bot logged in and out", `number ${me.id}`);
};

const main = async () => {
  const client = open();
  // It tells of what it writes into a connection that was cut, and of what waits in one that it closes itself.
  const isKnown = (error) => ["EPIPE", "ECONNRESET"].includes(error.code) || error.message === "Session is reset";
  client.onError.add((error) => isKnown(error) || console.log(`error: ${error.stack ?? error}`));
  await client.connect();
  const config = await client.call({ _: "help.getConfig" });
  check(config._ === "config" && config.thisDc === Number(env.DC), JSON.stringify(config));
  step("key exchanged, initConnection, help.getConfig", usePfs ? "with a temporary key" : "with a permanent key");
  await Promise.all([...Array(20)].map(() => client.call({ _: "help.getConfig" })));
  step("20 calls at once");
  // Long ones are compressed, with zlib's header: inside of invokeAfterMsg, but for the first of a chain.
  const long = { _: "auth.exportLoginToken", apiId: API_ID, apiHash: API_HASH, exceptIds: Array(300).fill(Long.ONE) };
  const chain = [1, 2, 3].map(() => client.call(long, { chainId: "one after the other" }));
  const tokens = await Promise.all(chain);
  check(tokens.every((token) => token._ === "auth.loginToken"), JSON.stringify(tokens));
  step("3 compressed calls, one after the other", "gzip_packed, invokeAfterMsg(gzip_packed)");
  // Each kind has a connection of its own, and with PFS a temporary key of its own.
  for (const kind of ["upload", "download", "downloadSmall", "main"]) {
    const shown = await client.call(long, { kind });
    check(shown._ === "auth.loginToken", JSON.stringify(shown));
  }
  step("connections beside the main one", usePfs ? "each with a temporary key of its own" : "");
  await ask("cut");
  await client.call({ _: "help.getConfig" });
  step("cut, reconnected", "answered");

  const token = client.call({ _: "auth.importBotAuthorization", flags: 0, apiId: API_ID, apiHash: API_HASH, botAuthToken: "777:abd" });
  const error = await token.then(() => "none", (refused) => refused.text);
  check(error === "ACCESS_TOKEN_INVALID", error);
  step("a wrong token is refused");
  await qr(client);
  // The code was approved by a user who has a password.
  const asked = client.call({ _: "auth.exportLoginToken", apiId: API_ID, apiHash: API_HASH, exceptIds: [] });
  const needed = await asked.then(JSON.stringify, (refused) => refused.text);
  check(needed === "SESSION_PASSWORD_NEEDED", needed);
  const me = await client.checkPassword(env.PASSWORD);
  check(me.phoneNumber === env.PHONE, JSON.stringify(me));
  await write(client, me);
  await client.call({ _: "auth.logOut" });
  await client.destroy();
  step("a user logged in by QR code and password, and out", `number ${me.id}`);
  await logInBot();
};

main().then(
  () => process.exit(0),
  (error) => {
    console.log(`failed: ${error.stack ?? error}`);
    process.exit(1);
  },
);
