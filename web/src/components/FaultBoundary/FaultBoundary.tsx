import { Component, type ReactNode } from "react";

interface FaultBoundaryProps {
  /** What stands in the place of what could not be drawn; `again` draws it once more, from its beginning. */
  fallback: (fault: unknown, again: () => void) => ReactNode;
  /** When this is another one, what stands below is drawn again: it may be mended. */
  of?: unknown;
  children: ReactNode;
}

interface State {
  fault: { thrown: unknown } | null;
}

/** A fault in what stands below ends here: what stands around it lives on. React itself reports it to the console. */
export class FaultBoundary extends Component<FaultBoundaryProps, State> {
  override state: State = { fault: null };

  static getDerivedStateFromError(thrown: unknown): State {
    return { fault: { thrown } };
  }

  override componentDidUpdate(before: FaultBoundaryProps): void {
    if (this.state.fault !== null && before.of !== this.props.of) this.again();
  }

  private readonly again = () => this.setState({ fault: null });

  override render(): ReactNode {
    const { fault } = this.state;
    return fault === null ? this.props.children : this.props.fallback(fault.thrown, this.again);
  }
}
