export interface BuiltText {
  name: string;
  text: string;
}
export function textsIn(folder: string): BuiltText[];
export function foreignHosts(files: readonly BuiltText[]): string[];
