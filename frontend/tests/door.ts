/** A small server that keeps the phone's contract (docs/field-api.md §3 and §4) and misbehaves when told to. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Upload {
  bytes: Buffer;
  length: number;
  sha256: string;
}

export class FakeDoor {
  readonly entries = new Map<string, { body: string; copies: number }>();
  readonly files = new Map<string, Buffer>();
  readonly uploads = new Map<string, Upload>();
  readonly requests: string[] = [];
  tokens = new Set<string>();
  sessionOpen = true;
  /** The office has revoked this phone. */
  turnedAway = false;
  userId = 7;
  quarantineReason = "";
  /** The phone's public key as it was registered, and ids of those that count no more. */
  publicKey = "";
  readonly endedKeys = new Set<string>();
  /** The month as it stands on the server; its edition is its ETag. */
  bundle = { edition: 1, state: "RECEIVING" };
  /** Runs before a request is handled; true means it has dealt with it. */
  fault: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** After an entry is stored, cut the line instead of answering. */
  cutAfterStoring = 0;
  private readonly server: Server;
  private made = 0;

  constructor() {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  count(start: string): number {
    return this.requests.filter((line) => line.startsWith(start)).length;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const path = request.url ?? "";
    this.requests.push(`${request.method} ${path}`);
    if (this.fault(request, response)) return;
    if (path === "/api/field/device") return this.device(JSON.parse(body.toString("utf8")) as { public_key?: string }, response);
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    if (!this.tokens.has(token)) return answer(response, 401, { code: "token-expired", message: "", details: {} });
    if (path === "/api/field/bundle") return this.month(request, response);
    if (path === "/door/entries") return this.entry(body.toString("utf8"), response);
    if (path.startsWith("/door/entries/")) return this.status(path.slice("/door/entries/".length), response);
    if (path === "/door/files") return this.create(request, body, response);
    if (request.method === "HEAD") return this.head(path, response);
    return this.patch(path, request, body, response);
  }

  private device(about: { public_key?: string }, response: ServerResponse): void {
    if (this.turnedAway) return answer(response, 401, { code: "device-revoked", message: "这台手机已被停用", details: {} });
    if (!this.sessionOpen) return answer(response, 401, { code: "session-missing", message: "", details: {} });
    const token = `token-${(this.made += 1)}`;
    this.tokens.add(token);
    this.publicKey = about.public_key ?? "";
    const id = createHash("sha256").update(Buffer.from(this.publicKey, "base64")).digest("hex");
    const key = this.publicKey && !this.endedKeys.has(id) ? id : "";
    answer(response, 200, { token, expires_at: "", user: { id: this.userId, name: "周敏", certificate_no: "" }, key, server_time: now() });
  }

  private month(request: IncomingMessage, response: ServerResponse): void {
    const etag = `"${this.bundle.edition}"`;
    if (request.headers["if-none-match"] === etag) return answer(response, 304, null, { ETag: etag });
    const visits = [{ id: "visit", unit: "unit", unit_name: "泰山学校", started_at: now(), state: this.bundle.state, state_label: {} }];
    const user = { id: this.userId, name: "周敏", certificate_no: "", office: "" };
    const lists = { units: [], methods: [], categories: [], severities: [], special_days: {}, instruments: [], findings: [] };
    answer(response, 200, { generated_at: now(), server_time: now(), month: "2026-11", user, ...lists, visits }, { ETag: etag });
  }

  private entry(body: string, response: ServerResponse): void {
    const { id } = JSON.parse(body) as { id: string };
    const known = this.entries.get(id);
    if (known && known.body !== body) {
      return answer(response, 409, { code: "entry-differs", message: "another record", details: {} });
    }
    this.entries.set(id, { body, copies: (known?.copies ?? 0) + 1 });
    if (this.cutAfterStoring > 0) {
      this.cutAfterStoring -= 1;
      response.destroy();
      return;
    }
    answer(response, known ? 200 : 201, { id, received_at: now(), outcome: known ? "known" : "new" });
  }

  private status(id: string, response: ServerResponse): void {
    const entry = this.entries.get(id);
    if (!entry) return answer(response, 404, { code: "entry-unknown", message: "", details: {} });
    const { payload } = JSON.parse(entry.body) as { payload: { manifest: { sha256: string; size: number }[] } };
    const files = payload.manifest.map(({ sha256, size }) => ({ sha256, size, stored: this.files.get(sha256)?.length === size }));
    const state = this.quarantineReason ? "quarantined" : "projected";
    const complete = files.every((file) => file.stored);
    answer(response, 200, { id, received_at: now(), state, reason: this.quarantineReason, files, complete });
  }

  private create(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const pairs = String(request.headers["upload-metadata"]).split(",").map((pair) => pair.split(" "));
    const metadata = Object.fromEntries(pairs.map(([key, value]) => [key, Buffer.from(value ?? "", "base64").toString("utf8")]));
    const sha256 = metadata["sha256"] ?? "";
    const path = `/door/files/${(this.made += 1)}`;
    const bytes = this.files.get(sha256) ?? body;
    if (bytes === body && body.length > 0) {
      const hash = createHash("sha256").update(body);
      if (hash.copy().digest("hex") !== sha256 || request.headers["upload-checksum"] !== `sha256 ${hash.digest("base64")}`) {
        return answer(response, 460, { code: "hash-mismatch", message: "", details: {} });
      }
      this.files.set(sha256, body);
    }
    this.uploads.set(path, { bytes, length: Number(request.headers["upload-length"]), sha256 });
    answer(response, 201, null, { Location: path, "Upload-Offset": String(bytes.length) });
  }

  private head(path: string, response: ServerResponse): void {
    const upload = this.uploads.get(path);
    if (!upload) return answer(response, 404, null);
    answer(response, 200, null, { "Upload-Offset": String(upload.bytes.length), "Upload-Length": String(upload.length) });
  }

  private patch(path: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const upload = this.uploads.get(path);
    if (!upload) return answer(response, 404, { code: "upload-unknown", message: "", details: {} });
    if (Number(request.headers["upload-offset"]) !== upload.bytes.length) {
      return answer(response, 409, { code: "upload-offset", message: "", details: {} });
    }
    const checksum = `sha256 ${createHash("sha256").update(body).digest("base64")}`;
    if (request.headers["upload-checksum"] !== checksum) {
      return answer(response, 460, { code: "checksum-mismatch", message: "", details: {} });
    }
    upload.bytes = Buffer.concat([upload.bytes, body]);
    if (upload.bytes.length === upload.length) {
      const hash = createHash("sha256").update(upload.bytes).digest("hex");
      if (hash !== upload.sha256) {
        this.uploads.delete(path);
        return answer(response, 460, { code: "hash-mismatch", message: "", details: {} });
      }
      this.files.set(hash, upload.bytes);
    }
    answer(response, 204, null, { "Upload-Offset": String(upload.bytes.length) });
  }
}

export function answer(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = body === null ? "" : JSON.stringify(body);
  response.writeHead(status, { ...(text ? { "Content-Type": "application/json" } : {}), "Tus-Resumable": "1.0.0", ...headers });
  response.end(text);
}

const now = () => new Date().toISOString();
