/** Lets calls pass once it is open; whoever comes before waits. */
export class Gate {
  private opened!: Promise<void>;
  open!: () => void;

  constructor() {
    this.shut();
  }

  shut(): void {
    const before = this.open as (() => void) | undefined;
    const opened = new Promise<void>((resolve) => {
      this.open = () => {
        before?.(); // those who came before the gate was shut again go on now, too
        resolve();
      };
    });
    this.opened = opened;
  }

  pass(): Promise<void> {
    return this.opened;
  }
}
