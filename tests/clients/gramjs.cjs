// npm `telegram` 2.26, known as gramjs (layer 198).
"use strict";
const { LOOPBACK, SIZES, content, sha256, ask, step, cannot, check, env, API_ID, API_HASH } = require("./loopback.cjs");
const bigInt = require("big-integer");
const { Api, TelegramClient } = require("telegram");
const { CustomFile } = require("telegram/client/uploads");
const { _serverKeys } = require("telegram/crypto/RSA");
const { NewMessage } = require("telegram/events");
const { PromisedNetSockets } = require("telegram/extensions");
const { StringSession } = require("telegram/sessions");

_serverKeys.clear();
_serverKeys.set(env.FINGERPRINT, { n: bigInt(env.MODULUS, 16), e: Number(env.EXPONENT) });

// The port of the main connection is fixed, and what the session keeps of it has a sign.
class Sockets extends PromisedNetSockets {
  connect(_port, ip) {
    return super.connect(Number(env.PORT), ip);
  }
}

const open = () => {
  const session = new StringSession("");
  session.setDC(Number(env.DC), LOOPBACK, 443);
  const client = new TelegramClient(session, API_ID, API_HASH, {
    useWSS: false,
    networkSocket: Sockets,
    connectionRetries: 20,
    retryDelay: 200,
  });
  client.setLogLevel(env.LOG ? "debug" : "none");
  return client;
};

const credentials = { apiId: API_ID, apiHash: API_HASH };

// What the data centre may not know yet: whether it does.
const tryIt = async (what, call) => {
  try {
    await call();
  } catch (error) {
    if (error.errorMessage !== "INPUT_METHOD_INVALID") throw error;
    cannot(what, "not yet: the data centre does not know it");
    return false;
  }
  step(what);
  return true;
};

// New messages that came, one after the other.
const listen = (client) => {
  const [came, wanted] = [[], []];
  client.addEventHandler((event) => {
    const next = wanted.shift();
    if (next) next(event.message);
    else came.push(event.message);
  }, new NewMessage({ incoming: true }));
  return async (text) => {
    const message = came.shift() ?? (await new Promise((resolve) => wanted.push(resolve)));
    check(message.message === text, `${message.message} came`);
    return message;
  };
};

// What one sends, the other saves.
const sendFiles = async (client, friend) => {
  for (const [what, size] of SIZES) {
    const bytes = content(size);
    const file = new CustomFile("data.bin", size, "", bytes);
    await client.sendFile("second_of_two", { file, caption: what, forceDocument: true });
    const [found] = await friend.getMessages("first_of_two", { limit: 1 });
    check(found.message === what, `${found.message} came`);
    const { name, size: length } = found.file;
    check(name === "data.bin" && Number(length) === size, `it was sent as ${name} of ${length}`);
    const came = await friend.downloadMedia(found);
    check(sha256(came) === sha256(bytes), `${came.length} other bytes came`);
    step(`a file of ${what}, up and down`, `SHA-256 ${sha256(bytes).slice(0, 16)}…`);
  }
};

// Two accounts write to each other.
const write = async (client, me) => {
  const friend = open();
  await friend.connect();
  await friend.signInUser(credentials, {
    phoneNumber: env.FRIEND,
    phoneCode: () => ask(`code ${env.FRIEND}`),
    onError: (error) => Promise.reject(error),
  });
  await client.invoke(new Api.account.UpdateUsername({ username: "first_of_two" }));
  await friend.invoke(new Api.account.UpdateUsername({ username: "second_of_two" }));
  const [hears, friendHears] = [listen(client), listen(friend)];
  const sent = await client.sendMessage("second_of_two", { message: "hello, friend" });
  const message = await friendHears("hello, friend");
  check(message.senderId.equals(me.id), `it came from ${message.senderId}`);
  step("sent by a username, and heard by the other", `message ${sent.id}`);
  await friend.sendMessage("first_of_two", { message: "hello to you", replyTo: message.id });
  const answer = await hears("hello to you");
  check(answer.replyTo.replyToMsgId === sent.id, `it replies to ${answer.replyTo}`);
  step("a reply, and what it replies to");
  const history = (await client.getMessages("second_of_two", { limit: 10 })).map((message) => message.message);
  check(history.join() === "hello to you,hello, friend", `the history is ${history}`);
  step("history", `${history.length} messages`);
  await ask("cut");
  await client.invoke(new Api.help.GetConfig());
  await friend.invoke(new Api.help.GetConfig());
  await client.sendMessage("second_of_two", { message: "after the cut" });
  await friendHears("after the cut");
  step("cut, and it goes on");
  await tryIt("dialogs", () => client.getDialogs({}));
  const edit = () => client.editMessage("second_of_two", { message: sent.id, text: "edited" });
  if (await tryIt("edit", edit)) {
    const texts = (await client.getMessages("second_of_two", { limit: 10 })).map((message) => message.message);
    check(texts.at(-1) === "edited", `the history is ${texts}`);
  }
  if (await tryIt("delete", () => client.deleteMessages("second_of_two", [sent.id], { revoke: true }))) {
    const texts = (await friend.getMessages("first_of_two", { limit: 10 })).map((message) => message.message);
    check(texts.length === 2, `the history is ${texts}`);
  }
  await sendFiles(client, friend);
  await friend.invoke(new Api.auth.LogOut());
  await friend.destroy();
};

const logInUser = async () => {
  const client = open();
  await client.connect();
  const me = await client.signInUser(credentials, {
    phoneNumber: env.PHONE,
    phoneCode: () => ask(`code ${env.PHONE}`),
    password: async () => env.PASSWORD,
    onError: (error) => Promise.reject(error),
  });
  check(me.phone === env.PHONE, `the user is ${me}`);
  await write(client, me);
  await client.invoke(new Api.auth.LogOut());
  await client.destroy();
  step("a user logged in by code and password, and out", `number ${me.id}`);
};

const main = async () => {
  const client = open();
  const config = async () => {
    const answer = await client.invoke(new Api.help.GetConfig());
    check(answer.thisDc === Number(env.DC), `this is data centre ${answer.thisDc}`);
  };
  const ping = async (number) => {
    // A pong is no result, so that the sender is asked directly.
    const pong = await client._sender.send(new Api.Ping({ pingId: bigInt(number) }));
    check(pong.pingId.equals(bigInt(number)), `ping ${number} gave ${pong}`);
  };

  await client.connect();
  step("key exchanged, initConnection", "layer 198");
  await config();
  await Promise.all([...Array(50).keys()].map(ping));
  step("help.getConfig, 50 pings at once");
  const key = client.session.getAuthKey().getKey();
  await ask("cut");
  await config();
  await ping(8);
  check(client.session.getAuthKey().getKey().equals(key), "the client made another key");
  step("cut, reconnected", "same key");
  try {
    await client.invoke(new Api.auth.ImportBotAuthorization({ flags: 0, apiId: API_ID, apiHash: API_HASH, botAuthToken: "777:abd" }));
    check(false, "a wrong token was taken");
  } catch (error) {
    check(error.errorMessage === "ACCESS_TOKEN_INVALID", `${error}`);
    step("a wrong token is refused");
  }
  const me = await client.signInBot(credentials, { botAuthToken: env.BOT });
  check(me.bot && me.id.equals(777), `the bot is ${me}`);
  await client.invoke(new Api.auth.LogOut());
  await client.destroy();
  step("a bot logged in and out", `number ${me.id}`);
  await logInUser();
};

main().then(
  () => process.exit(0),
  (error) => {
    console.log(`failed: ${error.stack ?? error}`);
    process.exit(1);
  },
);
