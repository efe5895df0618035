import type { Me, Settings } from "../model/types";
import type { ChatStore } from "../store/store";
import type { ChatService } from "./chatService";

type Patch = Partial<Settings>;

/**
 * My settings: shown at once, told to the server one after the other. An answer knows nothing of what was chosen after
 * its question, so that stays; a refusal takes back its own change only.
 */
export class SettingsService {
  /** As the server has me, while something is on its way there. */
  private confirmed: Me | null = null;
  private underWay: readonly Patch[] = [];
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: ChatStore,
    private readonly api: ChatService,
  ) {}

  update = (patch: Patch): Promise<void> => {
    this.confirmed ??= this.store.getState().me;
    this.underWay = [...this.underWay, patch];
    this.show();
    const told = this.last.then(() => this.tell(patch));
    this.last = told.catch(() => undefined); // its caller hears of it; the next one is told all the same
    return told;
  };

  private async tell(patch: Patch): Promise<void> {
    try {
      this.confirmed = await this.api.patchSettings(patch);
    } finally {
      this.underWay = this.underWay.filter((one) => one !== patch);
      this.show();
      if (this.underWay.length === 0) this.confirmed = null;
    }
  }

  private show(): void {
    const { me } = this.store.getState();
    const { confirmed } = this;
    if (!confirmed || me?.id !== confirmed.id) return; // somebody else by now, or nobody
    const settings: Settings = Object.assign({}, confirmed.settings, ...this.underWay);
    this.store.setState({ me: { ...confirmed, settings } });
  }
}
