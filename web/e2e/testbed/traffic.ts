import type { Page } from "puppeteer-core";

interface Request {
  method: string;
  url: string;
  contentType: string;
  body: string | undefined;
}

interface Frame {
  type: string;
  [key: string]: unknown;
}

/** What a page has asked of the server, and what went through its sockets. Bodies and frames: Chromium only. */
export class Traffic {
  readonly requests: Request[] = [];
  readonly sent: Frame[] = [];
  readonly received: Frame[] = [];

  static async of(page: Page): Promise<Traffic> {
    const traffic = new Traffic();
    const isChromium = (await page.browser().version()).startsWith("Chrome"); // Firefox does not tell bodies
    page.on("request", (request) => {
      const contentType = request.headers()["content-type"] ?? "";
      const body = isChromium && contentType.includes("json") ? request.postData() : undefined;
      traffic.requests.push({ method: request.method(), url: request.url(), contentType, body });
    });
    if (isChromium) {
      const session = await page.createCDPSession();
      await session.send("Network.enable");
      session.on("Network.webSocketFrameSent", ({ response }) =>
        traffic.keep(traffic.sent, response.payloadData),
      );
      session.on("Network.webSocketFrameReceived", ({ response }) =>
        traffic.keep(traffic.received, response.payloadData),
      );
    }
    return traffic;
  }

  asked(method: string, path: RegExp): boolean {
    return this.requests.some((request) => request.method === method && path.test(request.url));
  }

  private keep(frames: Frame[], payload: string): void {
    if (payload.startsWith("{")) frames.push(JSON.parse(payload) as Frame);
  }
}
