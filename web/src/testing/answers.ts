/** What Node's `Response` throws is of Node's world; the code that catches it is of the window's. As in a browser, both are one. */
export function stubAnswers(): void {
  globalThis.Response = class extends Response {
    override async json(): Promise<unknown> {
      return JSON.parse(await this.text());
    }
  };
}
