import { useMemo, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { VirtualList } from "../../components/VirtualList/VirtualList";
import { matches } from "../../model/text";
import type { Role } from "../../model/types";
import type { DemoSignIn } from "../../services/session";
import { Avatar, RoleBadge, SearchField, Spinner } from "../../ui";
import styles from "./SignIn.module.css";

export interface DemoPeopleProps {
  people: readonly DemoSignIn[];
  busyName: string | null;
  onChoose: (person: DemoSignIn) => void;
}

const MANY = 8;
const ROW_REM = 4;
const byUsername = (person: DemoSignIn) => person.username;

/** The demo's people: a click signs in. Names and passwords are shown too, for Matrix clients. */
export function DemoPeople({ people, busyName, onChoose }: DemoPeopleProps) {
  const intl = useIntl();
  const [search, setSearch] = useState("");
  const shown = useMemo(() => people.filter((one) => matches(one.name, search)), [people, search]);
  return (
    <section className={styles.demo} aria-labelledby="sign-in-demo">
      <h2 id="sign-in-demo" className={styles.demoTitle}>
        <FormattedMessage id="signIn.demo" />
      </h2>
      <p className={styles.lead}>
        <FormattedMessage id="signIn.demo.text" />
      </p>
      {people.length > MANY && (
        <SearchField
          className={styles.demoSearch}
          label={intl.formatMessage({ id: "signIn.demo.search" })}
          value={search}
          onChange={setSearch}
        />
      )}
      <VirtualList
        label={intl.formatMessage({ id: "signIn.demo" })}
        className={styles.people}
        items={shown}
        getKey={byUsername}
        rowHeight={ROW_REM}
        renderRow={(person, focus) => (
          <button
            type="button"
            {...focus}
            className={styles.person}
            aria-busy={busyName === person.username || undefined}
            onClick={() => onChoose(person)}
          >
            <Avatar name={person.name} id={idOf(person, people)} />
            <span className={styles.words}>
              <span className={styles.nameLine}>
                <span className={styles.name}>{person.name}</span>
                <RoleBadge schoolRole={person.role as Role} />
              </span>
              <span className={styles.credentials}>
                <FormattedMessage id="signIn.demo.credentials" values={{ ...person }} />
              </span>
            </span>
            {busyName === person.username && <Spinner size={1.25} />}
          </button>
        )}
      />
    </section>
  );
}

/** Only for the colour. */
function idOf(person: DemoSignIn, people: readonly DemoSignIn[]): number {
  return people.indexOf(person);
}
