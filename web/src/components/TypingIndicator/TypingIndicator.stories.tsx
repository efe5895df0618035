import { makeUser } from "../../testing";
import { TypingIndicator } from "./TypingIndicator";

export default { title: "TypingIndicator" };

const people = ["Аня", "Боря", "Вика", "Глеб", "Даша"].map((first_name) => makeUser({ first_name }));

export const Nobody = () => <TypingIndicator people={[]} />;
export const One = () => <TypingIndicator people={people.slice(0, 1)} />;
export const Two = () => <TypingIndicator people={people.slice(0, 2)} />;
export const Many = () => <TypingIndicator people={people} />;
