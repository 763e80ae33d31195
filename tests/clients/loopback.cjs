// What the scripts of Node's clients share: no socket leaves the machine, and lines for `drive.py`.
"use strict";
const { createCipheriv, createHash } = require("node:crypto");
const net = require("node:net");
const dns = require("node:dns");
const dgram = require("node:dgram");
const readline = require("node:readline");

const LOOPBACK = "127.0.0.1";

const refuse = (what, host) => {
  throw new Error(`${what} of ${host}, which is not ${LOOPBACK}`);
};

// Whatever a client knows of Telegram's addresses. Everything else of Node's, HTTP and TLS among it, comes here.
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // Node itself hands normalized arguments on as an array.
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  const host = typeof first === "object" ? (first.path ?? first.host ?? "localhost") : typeof args[1] === "string" ? args[1] : "localhost";
  if (host !== LOOPBACK) refuse("connect", host);
  return connect.apply(this, args);
};
for (const name of ["lookup", "resolve", "resolve4", "resolve6"]) {
  for (const owner of [dns, dns.promises]) {
    const original = owner[name];
    owner[name] = (host, ...rest) => (host === LOOPBACK ? original(host, ...rest) : refuse(name, host));
  }
}
dgram.createSocket = () => refuse("a datagram", "anybody");

const guard = () => {
  try {
    net.connect(443, "192.0.2.1");
  } catch (error) {
    if (error.message.startsWith("connect of 192.0.2.1")) return;
  }
  throw new Error("another host could be dialled");
};
guard();

const answers = [];
const waiting = [];
let lines;

const ask = (what) => {
  lines ??= readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const next = waiting.shift();
    if (next) next(line);
    else answers.push(line);
  });
  process.stdout.write(`? ${what}\n`);
  return answers.length ? Promise.resolve(answers.shift()) : new Promise((resolve) => waiting.push(resolve));
};

const step = (what, details = "") => console.log(`${what.padEnd(58)} ${details}`.trimEnd());
const cannot = (what, why) => console.log(`cannot: ${what.padEnd(50)} ${why}`);
const check = (isRight, what) => {
  if (!isRight) throw new Error(what);
};

// Files: the second goes by upload.saveBigFilePart; neither ends where a part does.
const SIZES = [["2 MiB", (2 << 20) + 1], ["more than 10 MiB", (10 << 20) + 4321]];
// No two parts are the same, and nothing is made smaller by compressing it.
const content = (size) => createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16)).update(Buffer.alloc(size));
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

module.exports = { LOOPBACK, SIZES, content, sha256, ask, step, cannot, check, env: process.env, API_ID: 1, API_HASH: "0123456789abcdef0123456789abcdef" };
